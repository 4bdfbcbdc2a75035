import type { Accepts } from '@/api/bindings/Accepts';
import type { Column } from '@/api/bindings/Column';
import type { Field } from '@/api/bindings/Field';
import type { Hash } from '@/api/bindings/Hash';
import type { NullRule } from '@/api/bindings/NullRule';
import type { Shape } from '@/api/bindings/Shape';

/** What stands in the place of a value that is not to be read: its hash in one of the forms, or a mask. */
export type Disguise = Hash | 'mask';

/** One line of the grid. Lines that are off keep their key and rule. */
export interface Line {
  /** The column's name; for what is no plain column a word and a number. */
  id: string;
  on: boolean;
  key: string;
  null: NullRule;
  value: Field['value'];
  /** Drafts were written with this name before there were masks. */
  hash?: Disguise;
  /** It is left out of records that have a value there. */
  onlyIfEmpty?: true;
  /** A saved sync sends this identifier's column as a field as well. */
  besides?: true;
}

export type ShapeName = Shape['type'];

/** What a row becomes, as it is being shaped. */
export interface Payload {
  shape: ShapeName;
  eventName: string;
  /** The column that has the event name, empty until one is chosen; null where the name is fixed. */
  eventNameColumn: string | null;
  lines: Line[];
}

export const noPayload: Payload = { shape: 'identify', eventName: '', eventNameColumn: null, lines: [] };

/** What stands for a line in words: its column, or the key of what is no plain column. */
export const nameOf = ({ value, key }: Line): string => (value.type === 'column' ? value.column : key);

/** A column shouted by its warehouse is not shouted on; dots and brackets in its name do not nest. */
export const defaultKey = (column: string): string =>
  (column === column.toUpperCase() ? column.toLowerCase() : column).replace(/[\\.[]/g, '\\$&');

/** A column's line as it is at first. */
export const lineOf = (column: string, on = true): Line => ({
  id: column,
  on,
  key: defaultKey(column),
  null: 'send',
  value: { type: 'column', column },
});

/**
 * The lines for the columns there are now: what was shaped before is kept, new columns come at the end and
 * are left out where something was shaped already, columns that are gone stay only while they are ticked.
 */
export function withColumns(payload: Payload, columns: readonly Column[]): Payload {
  const known = new Set(payload.lines.map(({ id }) => id));
  const there = new Set(columns.map(({ name }) => name));
  const fresh = payload.lines.every(({ value }) => value.type !== 'column');
  const kept = payload.lines.filter(
    ({ on, value }) => value.type !== 'column' || on || there.has(value.column),
  );
  const added = columns.filter(({ name }) => !known.has(name)).map(({ name }) => lineOf(name, fresh));
  if (added.length === 0 && kept.length === payload.lines.length) return payload;
  return { ...payload, lines: [...kept, ...added] };
}

/** A track event has a name; the other shapes need none. */
export const namesEvent = (payload: Payload): boolean =>
  payload.shape !== 'track' || (payload.eventNameColumn ?? payload.eventName).trim() !== '';

/** Identifier columns are sent by the part they play, so in events they are not lines of the mapping. */
export const identifies = (payload: Payload, line: Line, identifiers: Record<string, string>): boolean =>
  payload.shape !== 'record' &&
  !line.besides &&
  line.value.type === 'column' &&
  Object.values(identifiers).includes(line.value.column);

/** The lines that can be ticked. */
export const choosable = (payload: Payload, identifiers: Record<string, string>): Line[] =>
  payload.lines.filter((line) => !identifies(payload, line, identifiers));

/** The lines that are sent, in order: index n is `definition.fields[n]`. */
export const sentLines = (payload: Payload, identifiers: Record<string, string>): Line[] =>
  choosable(payload, identifiers).filter(({ on }) => on);

export const toFields = (payload: Payload, identifiers: Record<string, string>): Field[] =>
  sentLines(payload, identifiers).map((line) => ({
    value: line.value,
    key: line.key,
    null: line.null,
    hash: line.hash && line.hash !== 'mask' ? line.hash : null,
    mask: line.hash === 'mask',
    // Events have no values to look at.
    only_if_empty: payload.shape === 'record' && (line.onlyIfEmpty ?? false),
  }));

export function toShape(payload: Payload, object: string, matchField: string): Shape {
  if (payload.shape === 'identify') return { type: 'identify' };
  if (payload.shape === 'record') return { type: 'record', object, match_field: matchField };
  const column = payload.eventNameColumn;
  return { type: 'track', event_name: column === null ? payload.eventName : null, event_name_column: column };
}

/** The payload of a saved sync. `null` fields take every column under its own name. */
export function payloadOf(shape: Shape, fields: Field[] | null): Payload {
  const own = new Set<string>();
  const idOf = ({ value }: Field, index: number) => {
    // A column can be sent a second time, for example hashed.
    const second = value.type === 'column' && own.has(value.column);
    if (value.type !== 'column' || second) return `${second ? 'again' : value.type}:${String(index)}`;
    own.add(value.column);
    return value.column;
  };
  const lines = (fields ?? []).map((field, index): Line => ({
    id: idOf(field, index),
    on: true,
    key: field.key,
    null: field.null,
    value: field.value,
    ...(field.mask ? { hash: 'mask' as const } : field.hash ? { hash: field.hash } : {}),
    ...(field.only_if_empty ? { onlyIfEmpty: true as const } : {}),
    ...(shape.type === 'record' ? {} : { besides: true as const }),
  }));
  return {
    shape: shape.type,
    eventName: shape.type === 'track' ? (shape.event_name ?? '') : '',
    eventNameColumn: shape.type === 'track' ? shape.event_name_column : null,
    lines,
  };
}

/** The shapes a destination takes; all while there is none. */
export const shapesOf = (accepts: Accepts | null | undefined): ShapeName[] =>
  accepts === 'events'
    ? ['identify', 'track']
    : accepts === 'records'
      ? ['record']
      : ['identify', 'track', 'record'];
