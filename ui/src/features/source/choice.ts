import type { Query } from '@/api/bindings/Query';
import type { Source } from '@/api/bindings/Source';
import type { DbtChoice } from './dbt';
import { text } from './text';

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

const comments = /\/\*[^]*?(\*\/|$)|--[^\n]*/g;

/** What is wrong with a statement before anybody reads it; the program itself looks closer. */
export function sqlProblem(sql: string): string | undefined {
  const words = sql.replace(comments, ' ').replace(/^[\s(]+/, '');
  if (!words) return text.sqlEmpty;
  return /^(select|with|values|table|from)\b/i.test(words) ? undefined : text.sqlNoSelect;
}

/** The rows as chosen now were read: identifiers and key are of their columns. */
export const isLookedAt = (choice: SourceChoice): boolean =>
  choice.lookedAt === JSON.stringify(queryOf(choice)) &&
  (choice.mode !== 'sql' || choice.sql.trim() === choice.readSql);

/**
 * Takes over what a look at the rows found, keeping what the user chose for the same query; with `keep` for another
 * one as well, as far as its rows have the columns. `events` need an identifier, so what was found is taken for none. A key that
 * is `known` counts for more than what the sample rows suggest.
 */
export function looked(
  choice: SourceChoice,
  source: Source,
  { keep, events, known }: { keep: boolean; events: boolean; known: string[] },
): SourceChoice {
  const lookedAt = JSON.stringify(queryOf(choice));
  const nobody = Object.keys(choice.identifiers).length === 0;
  if (choice.lookedAt === lookedAt)
    return nobody && events && Object.keys(source.identifiers).length > 0
      ? { ...choice, identifiers: source.identifiers }
      : choice;
  const found = known.length > 0 ? known : source.key_candidates.slice(0, 1);
  const has = (column: string) => source.columns.some(({ name }) => name === column);
  const kept = Object.entries(choice.identifiers).filter(([, column]) => keep && has(column));
  return {
    ...choice,
    lookedAt,
    identifiers: kept.length > 0 ? Object.fromEntries(kept) : source.identifiers,
    key: keep && choice.key.length > 0 && choice.key.every(has) ? choice.key : found,
  };
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
