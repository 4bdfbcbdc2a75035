import { missingIn } from './sql-missing';
import { type Dialect, type Part, partsOf, solid } from './sql-parts';

/** A stretch of the statement. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Place extends Stretch {
  line: number;
  column: number;
  /** The name there is one that the warehouse does not know. */
  missing: boolean;
}

const spelled = /\bline:?\s+(\d+),\s+column:?\s+(\d+)/i;

/** Where a warehouse says a query is wrong: line and column of the query it was sent. */
const vendors: Record<string, { said: RegExp; column: number }> = {
  // The query they get stands in brackets, in lines of its own: theirs is one more. Snowflake counts positions from 0.
  snowflake: { said: /\bline (\d+) at position (\d+)/i, column: 1 },
  bigquery: { said: /\[(\d+):(\d+)\]/, column: 0 },
};

function said(message: string, kind: string): [line: number, column: number] | null {
  const plain = spelled.exec(message);
  if (plain) return [Number(plain[1]), Number(plain[2])];
  const vendor = Object.hasOwn(vendors, kind) ? vendors[kind] : undefined;
  const found = vendor?.said.exec(message);
  return vendor && found ? [Number(found[1]) - 1, Number(found[2]) + vendor.column] : null;
}

/** From a line and a column, in characters from 1, to a place in the text. */
function indexOf(sql: string, line: number, column: number): number | null {
  const text = sql.split('\n')[line - 1];
  if (text === undefined || column < 1) return null;
  const start =
    sql
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0);
  return start + [...text].slice(0, column - 1).join('').length;
}

/** What stands there, or what stands last before it: an error at the end means that something is missing. */
function around(parts: readonly Part[], at: number): Part | undefined {
  return (
    parts.find(({ from, text }) => at >= from && at < from + text.length) ??
    parts.findLast(({ from }) => from <= at) ??
    parts[0]
  );
}

/** Kinds of problems that are one of the statement. */
const ofQuery = ['bad_query', 'missing_object', 'not_allowed'];
const reads = ['select', 'with', 'values', 'table', 'from'];
const writes = ['insert', 'update', 'delete', 'merge', 'into', 'truncate'];

/** What makes a statement one that Sluice does not send: a second one, or one that writes. */
function unwanted(parts: readonly Part[]): Part | undefined {
  const end = parts.findIndex(({ text }) => text === ';');
  const second = end < 0 ? undefined : parts.slice(end).find(({ text }) => text !== ';');
  if (second) return second;
  const first = parts.find(({ text }) => text !== '(');
  if (first && !reads.includes(first.text.toLowerCase())) return first;
  return parts.find(
    ({ kind, text }) => (kind === 'name' || kind === 'word') && writes.includes(text.toLowerCase()),
  );
}

/** Where in the statement a problem is, if that can be told. */
export function placeOf(
  problem: { kind: string; message: string },
  sql: string,
  kind: string,
  dialect: Dialect,
): Place | null {
  if (!ofQuery.includes(problem.kind)) return null;
  const parts = solid(partsOf(sql, dialect));
  const told = said(problem.message, kind);
  const unknown = missingIn(problem.message, parts);
  const at = told && indexOf(sql, ...told);
  const other = problem.kind === 'bad_query' ? unwanted(parts) : undefined;
  const part = told ? (at === null ? undefined : around(parts, at)) : (unknown ?? other);
  if (!part) return null;
  const before = sql.slice(0, part.from);
  return {
    from: part.from,
    to: part.from + part.text.length,
    line: told ? told[0] : before.split('\n').length,
    column: told ? told[1] : [...before.slice(before.lastIndexOf('\n') + 1)].length + 1,
    missing: part === unknown,
  };
}
