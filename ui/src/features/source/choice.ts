import type { Query } from '@/api/bindings/Query';
import type { Source } from '@/api/bindings/Source';
import type { DbtChoice } from './dbt';

/** Identifiers in the order they are shown. */
export const identifierNames = ['email', 'user_id', 'anonymous_id'] as const;

export interface TableName {
  schema: string;
  name: string;
}

/** Which rows a sync reads, and what names a person and a row in them. */
export interface SourceChoice {
  /** A model of a dbt project is read as the table it became. */
  mode: 'table' | 'sql' | 'dbt';
  table: TableName | null;
  /** Where models are chosen from; a draft of an earlier version has none. */
  dbt?: DbtChoice | null;
  sql: string;
  /** The statement as last read; editing it asks for another read. */
  readSql: string | null;
  identifiers: Record<string, string>;
  key: string[];
  /** The query whose columns gave the identifiers and key. */
  lookedAt: string | null;
}

export const noSource: SourceChoice = {
  mode: 'table',
  table: null,
  sql: '',
  readSql: null,
  identifiers: {},
  key: [],
  lookedAt: null,
};

/** The query to read, or null while none is chosen. */
export function queryOf(choice: SourceChoice): Query | null {
  if (choice.mode === 'sql') return choice.readSql ? { type: 'sql', sql: choice.readSql } : null;
  return choice.table ? { type: 'table', ...choice.table } : null;
}

/** The rows as chosen now were read: identifiers and key are of their columns. */
export const isLookedAt = (choice: SourceChoice): boolean =>
  choice.lookedAt === JSON.stringify(queryOf(choice)) &&
  (choice.mode !== 'sql' || choice.sql.trim() === choice.readSql);

/**
 * Takes over what a look at the rows found, keeping what the user chose for the same query. A key that is `known` counts
 * for more than what the sample rows suggest.
 */
export function looked(choice: SourceChoice, source: Source, known: string[] = []): SourceChoice {
  const lookedAt = JSON.stringify(queryOf(choice));
  if (choice.lookedAt === lookedAt) return choice;
  const key = known.length > 0 ? known : source.key_candidates.slice(0, 1);
  return { ...choice, lookedAt, identifiers: source.identifiers, key };
}

/** The choice of a saved sync. */
export const choiceOf = (query: Query, identifiers: Record<string, string>, key: string[]): SourceChoice => ({
  mode: query.type,
  table: query.type === 'table' ? { schema: query.schema, name: query.name } : null,
  sql: query.type === 'sql' ? query.sql : '',
  readSql: query.type === 'sql' ? query.sql : null,
  identifiers,
  key,
  lookedAt: JSON.stringify(
    query.type === 'table'
      ? { type: 'table', schema: query.schema, name: query.name }
      : { type: 'sql', sql: query.sql },
  ),
});
