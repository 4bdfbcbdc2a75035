import { type Shaping, edit } from './edits';
import { type Line, type Payload, choosable, nameOf } from './model';
import { text } from './text';

/** What of a payload is not as it was saved. */
export interface Change {
  /** The id of the line; null for the payload as a whole. */
  line: string | null;
  /** What it is called. */
  name: string;
  /** In words, without what is the same. */
  saved: string;
  now: string;
}

/** A payload and the columns that identify the person in it. */
export interface Shaped {
  payload: Payload;
  identifiers: Record<string, string>;
}

const sent = ({ payload, identifiers }: Shaped): Map<string, Line> =>
  new Map(
    choosable(payload, identifiers)
      .filter(({ on }) => on)
      .map((line) => [line.id, line]),
  );

const valueOf = ({ value }: Line): string =>
  value.type === 'column'
    ? value.column
    : value.type === 'template'
      ? value.template
      : JSON.stringify(value.constant);

/** The words of a line, each for one thing that can be chosen about it. */
const wordsOf = (line: Line, record: boolean): string[] => [
  line.key,
  valueOf(line),
  line.value.type === 'constant' ? '' : text.changes.ifNull(text.nullRules[line.null]),
  text.disguises[line.hash ?? 'none'],
  record ? text.changes.filled(line.onlyIfEmpty ?? false) : '',
];

function differing(saved: Line, now: Line, record: boolean): [saved: string, now: string] | null {
  const [one, other] = [wordsOf(saved, record), wordsOf(now, record)];
  const not = (words: string[], others: string[]) =>
    words.filter((word, at) => word !== others[at]).join(', ');
  const words = not(one, other);
  return words ? [words, not(other, one)] : null;
}

const shapeOf = ({ shape, eventName, eventNameColumn }: Payload): string =>
  shape === 'track'
    ? `${text.shapes.track}: ${eventNameColumn === null ? eventName.trim() : text.changes.fromColumn(eventNameColumn)}`
    : text.shapes[shape];

/** What is sent otherwise than it was saved: the payload as a whole, then its lines in their order, then lines that are gone. */
export function changesOf(saved: Shaped, now: Shaped): Change[] {
  const [before, after] = [sent(saved), sent(now)];
  const record = now.payload.shape === 'record';
  const [shape, shapeNow] = [shapeOf(saved.payload), shapeOf(now.payload)];
  const whole = shape === shapeNow ? [] : [{ line: null, name: text.shape, saved: shape, now: shapeNow }];
  const lines = [...after.values()].flatMap((line): Change[] => {
    const was = before.get(line.id);
    const named = { line: line.id, name: nameOf(was ?? line) };
    if (!was) return [{ ...named, saved: text.notSent, now: line.key }];
    const words = differing(was, line, record);
    return words ? [{ ...named, saved: words[0], now: words[1] }] : [];
  });
  const gone = [...before.values()].filter(({ id }) => !after.has(id));
  return [
    ...whole,
    ...lines,
    ...gone.map((line) => ({ line: line.id, name: nameOf(line), saved: line.key, now: text.notSent })),
  ];
}

/** The lines with one as it was saved: in its place, where it is gone; without it, where it is new. */
function withSaved(lines: readonly Line[], saved: readonly Line[], id: string): Line[] {
  const at = saved.findIndex((line) => line.id === id);
  const was = saved[at];
  if (!was)
    return lines.flatMap((line) =>
      line.id !== id ? [line] : line.value.type === 'column' ? [{ ...line, on: false }] : [],
    );
  if (lines.some((line) => line.id === id)) return lines.map((line) => (line.id === id ? was : line));
  const earlier = new Set(saved.slice(0, at).map((line) => line.id));
  const place = lines.findLastIndex((line) => earlier.has(line.id)) + 1;
  return [...lines.slice(0, place), was, ...lines.slice(place)];
}

/** Makes one thing as it was saved; a step to undo like any other. */
export function putBack(state: Shaping, saved: Payload, change: Change): Shaping {
  const { line } = change;
  const { shape, eventName, eventNameColumn } = saved;
  const payload =
    line === null
      ? { ...state.payload, shape, eventName, eventNameColumn }
      : { ...state.payload, lines: withSaved(state.payload.lines, saved.lines, line) };
  return edit(state, text.did.putBack(change.name), payload);
}

/** What was saved for each line that is other now, by its id. */
export const markedLines = (changes: readonly Change[]): ReadonlyMap<string, string> =>
  new Map(
    changes.flatMap(({ line, name, saved }) =>
      line === null ? [] : [[line, text.changes.was(name, saved)] as const],
    ),
  );
