import type { Column } from '@/api/bindings/Column';
import type { Table } from '@/api/bindings/Table';
import type { Completion, CompletionOption } from '@/components/CodeField';
import { typeWords } from '../column-types';
import type { TableName } from './choice';
import { type Dialect, type Part, nameIn, partsOf, solid, written } from './sql-parts';
import { text } from './text';

/** What is known to offer names from. */
export interface Known {
  tables: readonly Table[];
  /** The columns of a table, where its rows were looked at. */
  columnsOf: (table: TableName) => readonly Column[] | undefined;
  /** Looks at a table's first rows, which tells its columns. */
  look: (table: TableName) => void;
}

/** A table that the statement reads, and the name it goes by there. */
export interface Named {
  table: Table;
  as: string;
}

const most = 60;
const ends = [
  'where',
  'group',
  'order',
  'having',
  'limit',
  'qualify',
  'union',
  'intersect',
  'except',
  'window',
  'select',
  'on',
  'using',
];
const lower = (part: Part | undefined) =>
  part?.kind === 'word' ? part.text.toLowerCase() : (part?.text ?? '');
const isName = (part: Part | undefined) => part?.kind === 'name' || part?.kind === 'quoted';
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The names joined by dots that end at `end`, last first: of `a.b.c` that is c, b, a. */
function chain(parts: readonly Part[], end: number): string[] {
  const names: string[] = [];
  for (let at = end; at >= 0; at -= 2) {
    const part = parts[at];
    if (!part || !(isName(part) || (part.kind === 'word' && names.length > 0))) break;
    // BigQuery takes a whole path in one pair of quotes.
    names.push(
      ...nameIn(part)
        .split(part.text.startsWith('`') ? '.' : '\0')
        .reverse(),
    );
    if (parts[at - 1]?.text !== '.') break;
  }
  return names;
}

function find(tables: readonly Table[], [name, schema]: readonly string[]): Table | undefined {
  if (name === undefined) return undefined;
  return tables.find((one) => same(one.name, name) && (schema === undefined || same(one.schema, schema)));
}

/** The tables after FROM and JOIN. */
export function tablesIn(parts: readonly Part[], tables: readonly Table[]): Named[] {
  const found: Named[] = [];
  let open = false;
  for (let at = 0; at < parts.length; at += 1) {
    const word = lower(parts[at]);
    if (word === 'from' || word === 'join') open = true;
    else if (ends.includes(word)) open = false;
    if (!open || !(['from', 'join', ','].includes(word) && isName(parts[at + 1]))) continue;
    let last = at + 1;
    while (parts[last + 1]?.text === '.' && parts[last + 2]) last += 2;
    const table = find(tables, chain(parts, last));
    const alias = lower(parts[last + 1]) === 'as' ? parts[last + 2] : parts[last + 1];
    if (table) found.push({ table, as: alias && isName(alias) ? nameIn(alias) : table.name });
    at = last;
  }
  return found;
}

/** Names of `with … as (`, which can be read like tables. */
const ownNames = (parts: readonly Part[]): string[] =>
  parts.flatMap((part, at) =>
    isName(part) &&
    ['with', 'recursive', ','].includes(lower(parts[at - 1])) &&
    lower(parts[at + 1]) === 'as' &&
    parts[at + 2]?.text === '('
      ? [nameIn(part)]
      : [],
  );

/** How well a name suits what was typed: 0 begins with it, 1 from a later part of it on, none else. */
function rank(name: string, typed: string): number | null {
  const [within, wanted] = [name.toLowerCase(), typed.toLowerCase()];
  if (within.startsWith(wanted)) return 0;
  for (let at = within.indexOf(wanted); at > 0; at = within.indexOf(wanted, at + 1))
    if (/[_.\s]/.test(within.charAt(at - 1))) return 1;
  return null;
}

/** What may stand at a place of the statement. `asked` says that the user wants to see it even where nothing was typed. */
export function completionAt(
  sql: string,
  caret: number,
  asked: boolean,
  known: Known,
  dialect: Dialect,
): Completion | null {
  const all = partsOf(sql, dialect);
  const at = all.findLast(({ from, text: piece }) => from < caret && from + piece.length >= caret);
  if (at && ['comment', 'string', 'number'].includes(at.kind)) return null;
  const typing = at && ['name', 'word', 'quoted'].includes(at.kind) ? at : undefined;
  const from = typing?.from ?? caret;
  const typed = typing ? sql.slice(from, caret).replace(/^["`]/, '') : '';
  const before = solid(partsOf(sql.slice(0, from), dialect));
  const last = before.at(-1);
  const dotted = last?.text === '.';
  if (lower(last) === 'as' || (!asked && !dotted && typed.length < 1)) return null;

  const parts = solid(all);
  const named = tablesIn(parts, known.tables);
  const column = (one: Column, of: Named): CompletionOption => ({
    label: one.name,
    insert: written(one.name, dialect),
    detail: `${typeWords[one.logical]} · ${of.as}`,
    kind: 'column',
  });
  const tableOption = (table: Table, withSchema: boolean): CompletionOption => ({
    label: withSchema && table.schema ? `${table.schema}.${table.name}` : table.name,
    insert: [...(withSchema && table.schema ? [table.schema] : []), table.name]
      .map((name) => written(name, dialect))
      .join('.'),
    detail: text.kinds[table.kind],
    kind: 'table',
  });
  const columnsOf = (some: readonly Named[]): CompletionOption[] =>
    some.flatMap((one) => (known.columnsOf(one.table) ?? []).map((each) => column(each, one)));
  const unknown = (some: readonly Named[]): CompletionOption[] =>
    some
      .filter(({ table }) => known.columnsOf(table) === undefined)
      .map(({ table }) => ({
        label: text.lookUp(`${table.schema}.${table.name}`),
        kind: 'look',
        run: () => known.look(table),
      }));

  let options: CompletionOption[];
  let also: CompletionOption[] = [];
  if (dotted) {
    const [owner, ...above] = chain(before, before.length - 2);
    if (owner === undefined) return null;
    const mine = named.filter(
      ({ as, table }) => same(as, owner) || (same(table.name, owner) && above.length > 0),
    );
    const inSchema = known.tables.filter(({ schema }) => same(schema, owner));
    options = mine.length > 0 ? columnsOf(mine) : inSchema.map((table) => tableOption(table, false));
    also = unknown(mine);
  } else {
    const clause = before.findLast((part) => ['from', 'join', ...ends].includes(lower(part)));
    const wantsTable =
      ['from', 'join'].includes(lower(last)) ||
      (last?.text === ',' && ['from', 'join'].includes(lower(clause)));
    if (wantsTable)
      options = [
        ...ownNames(parts).map((name) => ({ label: name, insert: written(name, dialect), kind: 'table' })),
        ...known.tables.map((table) => tableOption(table, true)),
      ];
    else {
      options = columnsOf(named);
      if (named.length > 1)
        options.push(...named.map(({ as }) => ({ label: as, insert: written(as, dialect), kind: 'table' })));
      if (typed.length > 1 || asked)
        options.push(...dialect.words.map((word) => ({ label: word, kind: 'word' })));
      if (asked) also = unknown(named);
    }
  }
  const unique = [...new Map(options.map((option) => [`${option.kind} ${option.label}`, option])).values()];
  const ranked = unique
    .flatMap((option) => {
      const how = rank(option.label, typed);
      return how === null ? [] : [{ option, how }];
    })
    .sort((a, b) => a.how - b.how)
    .map(({ option }) => option)
    .slice(0, most);
  // What is typed in full needs no list, and Enter is a new line again.
  if (!asked && ranked.some(({ label }) => same(label, typed))) return null;
  const shown = [...ranked, ...also];
  return shown.length === 0 ? null : { from, to: caret, options: shown };
}
