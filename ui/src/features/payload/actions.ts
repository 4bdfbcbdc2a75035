import type { NullRule } from '@/api/bindings/NullRule';
import { type Shaping, edit } from './edits';
import { type Line, type Payload, type ShapeName, defaultKey } from './model';
import { text } from './text';

/** Everything one can do to a payload; each is one step to undo. */
const change = (payload: Payload, id: string, part: Partial<Line>): Payload => ({
  ...payload,
  lines: payload.lines.map((line) => (line.id === id ? { ...line, ...part } : line)),
});

const nameOf = (line: Line): string => (line.value.type === 'column' ? line.value.column : line.key);

export function tick(state: Shaping, line: Line, on: boolean): Shaping {
  return edit(
    state,
    on ? text.did.tick(nameOf(line)) : text.did.untick(nameOf(line)),
    change(state.payload, line.id, { on }),
  );
}

/** Ticks or unticks all lines that are shown. */
export function tickMany(state: Shaping, ids: ReadonlySet<string>, on: boolean, search: string): Shaping {
  const lines = state.payload.lines.map((line) => (ids.has(line.id) ? { ...line, on } : line));
  const touched = lines.filter((line, index) => line.on !== state.payload.lines[index]?.on).length;
  return touched === 0 ? state : edit(state, text.did.many(on, touched, search), { ...state.payload, lines });
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

export function addConstant(state: Shaping, key: string, constant: unknown): Shaping {
  const number =
    1 + Math.max(0, ...state.payload.lines.map(({ id }) => Number(/^constant:(\d+)$/.exec(id)?.[1] ?? 0)));
  const line: Line = {
    id: `constant:${String(number)}`,
    on: true,
    key,
    null: 'send',
    value: { type: 'constant', constant },
  };
  return edit(state, text.did.add(key), { ...state.payload, lines: [...state.payload.lines, line] });
}

export function removeLine(state: Shaping, line: Line): Shaping {
  return edit(state, text.did.remove(line.key), {
    ...state.payload,
    lines: state.payload.lines.filter(({ id }) => id !== line.id),
  });
}

/** Keys, rules and ticks as on the first look; constants go. */
export function reset(state: Shaping): Shaping {
  const lines = state.payload.lines.flatMap((line): Line[] =>
    line.value.type === 'column'
      ? [{ ...line, on: true, key: defaultKey(line.value.column), null: 'send' }]
      : [],
  );
  return edit(state, text.did.reset, { ...state.payload, lines });
}

export function setShape(state: Shaping, shape: ShapeName): Shaping {
  return shape === state.payload.shape
    ? state
    : edit(state, text.did.shape(text.shapes[shape]), { ...state.payload, shape });
}

export function setEventName(
  state: Shaping,
  part: Partial<Pick<Payload, 'eventName' | 'eventNameColumn'>>,
): Shaping {
  return edit(state, text.did.eventName, { ...state.payload, ...part }, { merge: true });
}

/** Gives lines the names of the destination's fields, by the id of the line. */
export function nameAll(state: Shaping, keys: Readonly<Record<string, string>>): Shaping {
  const lines = state.payload.lines.map((line) =>
    keys[line.id] ? { ...line, on: true, key: keys[line.id] ?? line.key } : line,
  );
  return edit(state, text.did.suggest(Object.keys(keys).length), { ...state.payload, lines });
}
