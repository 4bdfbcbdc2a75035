import type { Query } from '@/api/bindings/Query';
import type { Source } from '@/api/bindings/Source';
import { text } from './text';

/** Identifiers in the order they are shown. */
export const identifierNames = ['email', 'user_id', 'anonymous_id'] as const;

/** Which rows a sync reads, and what names a person and a row in them. */
export interface SourceChoice {
  mode: 'table' | 'sql';
  table: { schema: string; name: string } | null;
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
  (choice.mode === 'table' || choice.sql.trim() === choice.readSql);

/**
 * Takes over what a look at the rows found, keeping what the user chose for the same query; with `keep` for another
 * one as well, as far as its rows have the columns. `events` need an identifier, so what was found is taken for none.
 */
export function looked(
  choice: SourceChoice,
  source: Source,
  { keep, events }: { keep: boolean; events: boolean },
): SourceChoice {
  const lookedAt = JSON.stringify(queryOf(choice));
  const nobody = Object.keys(choice.identifiers).length === 0;
  if (choice.lookedAt === lookedAt)
    return nobody && events && Object.keys(source.identifiers).length > 0
      ? { ...choice, identifiers: source.identifiers }
      : choice;
  const has = (column: string) => source.columns.some(({ name }) => name === column);
  const kept = Object.entries(choice.identifiers).filter(([, column]) => keep && has(column));
  return {
    ...choice,
    lookedAt,
    identifiers: kept.length > 0 ? Object.fromEntries(kept) : source.identifiers,
    key:
      keep && choice.key.length > 0 && choice.key.every(has) ? choice.key : source.key_candidates.slice(0, 1),
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
