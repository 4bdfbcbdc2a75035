import type { NullRule } from '@/api/bindings/NullRule';
import { type Shaping, edit } from './edits';
import { type Disguise, type Line, type Payload, type ShapeName, defaultKey, lineOf, nameOf } from './model';
import { text } from './text';

/** Everything one can do to a payload; each is one step to undo. */
const change = (payload: Payload, id: string, part: Partial<Line>): Payload => ({
  ...payload,
  lines: payload.lines.map((line) => (line.id === id ? { ...line, ...part } : line)),
});

/** The same for a destination that can not be read: nobody knows what is empty there. */
export const withoutOnlyIfEmpty = (state: Shaping): Shaping =>
  state.payload.lines.some(({ onlyIfEmpty }) => onlyIfEmpty)
    ? {
        ...state,
        payload: {
          ...state.payload,
          lines: state.payload.lines.map(({ onlyIfEmpty: _, ...line }) => line),
        },
      }
    : state;

const replaced = (payload: Payload, next: Line): Payload => ({
  ...payload,
  lines: payload.lines.map((line) => (line.id === next.id ? next : line)),
});

export function tick(state: Shaping, line: Line, on: boolean): Shaping {
  return edit(
    state,
    on ? text.did.tick(nameOf(line)) : text.did.untick(nameOf(line)),
    change(state.payload, line.id, { on }),
  );
}

/** Ticks or unticks these lines; `search` is what found them, if something did. */
export function tickMany(state: Shaping, ids: ReadonlySet<string>, on: boolean, search: string): Shaping {
  const lines = state.payload.lines.map((line) => (ids.has(line.id) ? { ...line, on } : line));
  const touched = lines.filter((line, index) => line.on !== state.payload.lines[index]?.on);
  const [only] = touched;
  if (!only) return state;
  const name = nameOf(only);
  const label =
    touched.length > 1
      ? text.did.many(on, touched.length, search)
      : on
        ? text.did.tick(name)
        : text.did.untick(name);
  return edit(state, label, { ...state.payload, lines });
}

export function rename(state: Shaping, line: Line, key: string): Shaping {
  const next = key.trim();
  return next === line.key || !next
    ? state
    : edit(state, text.did.rename(line.key, next), change(state.payload, line.id, { key: next }));
}

export function setRule(state: Shaping, line: Line, rule: NullRule): Shaping {
  return rule === line.null
    ? state
    : edit(
        state,
        text.did.rule(line.key, text.nullRules[rule]),
        change(state.payload, line.id, { null: rule }),
      );
}

/** What is sent and not the same for every row can be hashed or masked. */
export const canDisguise = ({ on, value }: Line): boolean => on && value.type !== 'constant';

const plain = ({ hash: _, ...line }: Line): Line => line;

/** Hashes or masks the values of lines, or sends them as they are; of those that can be. */
export function setDisguise(
  state: Shaping,
  ids: ReadonlySet<string>,
  hash: Disguise | null,
  search = '',
): Shaping {
  const touched = state.payload.lines.filter(
    (line) => ids.has(line.id) && canDisguise(line) && hash !== (line.hash ?? null),
  );
  const [only] = touched;
  if (!only) return state;
  const lines = state.payload.lines.map((line): Line => {
    if (!touched.includes(line)) return line;
    return hash ? { ...line, hash } : plain(line);
  });
  const label =
    touched.length > 1 ? text.did.hashMany(hash, touched.length, search) : text.did.hash(only.key, hash);
  return edit(state, label, { ...state.payload, lines });
}

/** Leaves a line out of records that have a value there, or sends it always. */
export function setOnlyIfEmpty(state: Shaping, line: Line, only: boolean): Shaping {
  const { onlyIfEmpty: before, ...plain } = line;
  if (only === (before ?? false)) return state;
  const next: Line = only ? { ...plain, onlyIfEmpty: true } : plain;
  return edit(state, text.did.onlyIfEmpty(line.key, only), replaced(state.payload, next));
}

function add(state: Shaping, key: string, value: Line['value'], hash: Disguise | null = null): Shaping {
  // The number of a line that was removed is not given again: it may be put back.
  const known = [state.payload, ...state.past.map(({ before }) => before)].flatMap(({ lines }) => lines);
  const numbers = known.map(({ id }) => Number(/^[a-z]+:(\d+)$/.exec(id)?.[1] ?? 0));
  const line: Line = {
    id: `${value.type}:${String(1 + numbers.reduce((most, one) => Math.max(most, one), 0))}`,
    on: true,
    key,
    null: 'send',
    value,
    ...(hash ? { hash } : {}),
  };
  return edit(state, text.did.add(value.type, key), {
    ...state.payload,
    lines: [...state.payload.lines, line],
  });
}

export const addConstant = (state: Shaping, key: string, constant: unknown): Shaping =>
  add(state, key, { type: 'constant', constant });

export const addTemplate = (state: Shaping, key: string, template: string, hash: Disguise | null): Shaping =>
  add(state, key, { type: 'template', template }, hash);

export function removeLine(state: Shaping, line: Line): Shaping {
  return edit(state, text.did.remove(line.value.type, line.key), {
    ...state.payload,
    lines: state.payload.lines.filter(({ id }) => id !== line.id),
  });
}

/** Keys, rules and ticks as on the first look; what is no column goes. */
export function reset(state: Shaping): Shaping {
  const lines = state.payload.lines.flatMap((line): Line[] =>
    line.value.type === 'column' && line.id === line.value.column
      ? [
          {
            id: line.id,
            on: true,
            key: defaultKey(line.value.column),
            null: 'send',
            value: line.value,
            ...(line.besides ? { besides: line.besides } : {}),
          },
        ]
      : [],
  );
  return edit(state, text.did.reset, { ...state.payload, lines });
}

export function setShape(state: Shaping, shape: ShapeName): Shaping {
  return shape === state.payload.shape
    ? state
    : edit(state, text.did.shape(text.shapes[shape]), { ...state.payload, shape });
}

/** A record has no identifiers beside its fields: their columns go out as fields. */
export function identifiersAsFields(state: Shaping, columns: readonly string[]): Shaping {
  const { lines } = state.payload;
  const own = (column: string) => lines.find(({ id }) => id === column);
  const sent = (column: string) =>
    lines.some(({ on, value }) => on && value.type === 'column' && value.column === column);
  const open = [...new Set(columns)].filter((column) => !sent(column));
  if (open.length === 0) return state;
  const first = open.map((column) => ({ ...(own(column) ?? lineOf(column)), on: true }));
  return {
    ...state,
    payload: { ...state.payload, lines: [...first, ...lines.filter(({ id }) => !open.includes(id))] },
  };
}

export function setEventName(
  state: Shaping,
  part: Partial<Pick<Payload, 'eventName' | 'eventNameColumn'>>,
): Shaping {
  return edit(state, text.did.eventName, { ...state.payload, ...part }, { merge: true });
}

/** Gives lines the names of the destination's fields, by the id of the line. */
export function nameAll(state: Shaping, keys: Readonly<Record<string, string>>): Shaping {
  // A column may be called as something every object has.
  const named = new Map(Object.entries(keys));
  const lines = state.payload.lines.map((line) => {
    const key = named.get(line.id);
    return key ? { ...line, on: true, key } : line;
  });
  return edit(state, text.did.suggest(named.size), { ...state.payload, lines });
}
