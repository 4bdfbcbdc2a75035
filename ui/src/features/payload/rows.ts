import type { Column } from '@/api/bindings/Column';
import { type Line, type Payload, identifies } from './model';
import { text } from './text';

/** A row of the payload grid. */
export type GridRow =
  | { kind: 'group'; id: string; title: string; detail: string }
  | { kind: 'identifier'; id: string; column: Column; path: string; note?: string }
  | {
      kind: 'line';
      id: string;
      line: Line;
      column: Column | undefined;
      problem: string | undefined;
      edited: string | undefined;
    };

const paths: Record<Payload['shape'], Record<string, string>> = {
  identify: { user_id: 'userId', anonymous_id: 'anonymousId', email: 'traits.email' },
  track: { user_id: 'userId', anonymous_id: 'anonymousId', email: 'context.traits.email' },
  record: {},
};

const groupTitle = (shape: Payload['shape']) =>
  shape === 'identify' ? text.groups.traits : shape === 'track' ? text.groups.properties : text.groups.fields;

interface Input {
  payload: Payload;
  columns: readonly Column[];
  identifiers: Record<string, string>;
  search: string;
  /** Problems by the id of the line. */
  problems: Record<string, string>;
  /** What was saved otherwise, in words, by the id of the line. */
  edited?: ReadonlyMap<string, string>;
}

/** What a line is found by, besides its key. */
const words = ({ value }: Line): string[] =>
  value.type === 'column'
    ? [value.column]
    : value.type === 'template'
      ? [text.templateWord, value.template]
      : [text.constantWord];

const has = (search: string, words: readonly string[]): boolean => {
  const wanted = search.trim().toLowerCase();
  return !wanted || words.some((word) => word.toLowerCase().includes(wanted));
};

/** Whether the search shows a line. */
export const isShown = (line: Line, search: string): boolean => has(search, [...words(line), line.key]);

/** Lines in their groups: who it is, what is sent, what is left out. Only those that match the search. */
export function gridRows({ payload, columns, identifiers, search, problems, edited }: Input): GridRow[] {
  // A column may be called as something every object has.
  const problemOf = new Map(Object.entries(problems));
  const byName = new Map(columns.map((column) => [column.name, column]));
  const who = Object.entries(identifiers).flatMap(([identifier, name]): GridRow[] => {
    const path = paths[payload.shape][identifier];
    const column = byName.get(name);
    return path && column && has(search, [name, path])
      ? [{ kind: 'identifier', id: `who:${identifier}`, column, path }]
      : [];
  });
  // Who is known by the e-mail alone has it as the user id as well: receivers want one of the ids.
  const mail =
    identifiers['user_id'] || identifiers['anonymous_id']
      ? undefined
      : byName.get(identifiers['email'] ?? '');
  if (mail && payload.shape !== 'record' && has(search, [mail.name, 'userId']))
    who.unshift({ kind: 'identifier', id: 'who:instead', column: mail, path: 'userId', note: text.instead });
  const lines = payload.lines
    .filter((line) => !identifies(payload, line, identifiers) && isShown(line, search))
    .map((line): GridRow & { kind: 'line' } => {
      const column = line.value.type === 'column' ? byName.get(line.value.column) : undefined;
      const gone = line.value.type === 'column' && !column && columns.length > 0;
      return {
        kind: 'line',
        id: line.id,
        line,
        column,
        edited: edited?.get(line.id),
        problem: gone ? text.gone : line.on ? problemOf.get(line.id) : undefined,
      };
    });
  const on = lines.filter(({ line }) => line.on);
  const out = lines.filter(({ line }) => !line.on);
  const constants = on.filter(({ line }) => line.value.type === 'constant').length;
  const group = (id: string, title: string, detail: string, rows: GridRow[]): GridRow[] =>
    rows.length === 0 ? [] : [{ kind: 'group', id: `group:${id}`, title, detail }, ...rows];
  return [
    ...group(
      'who',
      text.groups.who,
      text.columns(new Set(who.map((row) => row.kind === 'identifier' && row.column.name)).size),
      who,
    ),
    ...group('on', groupTitle(payload.shape), text.withConstants(on.length - constants, constants), on),
    ...group('out', text.groups.out, text.columns(out.length), out),
  ];
}
