import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Field } from '@/api/bindings/Field';
import type { Mode } from '@/api/bindings/Mode';
import type { Removal } from '@/api/bindings/Removal';
import { text } from './text';

/** How records are brought to the destination. */
export interface Target {
  object: string;
  matchField: string;
  mode: Mode;
  removed: Removal;
  /** With append: only rows beyond the last value of this column are read. */
  cursor: string | null;
}

export const noTarget: Target = {
  object: '',
  matchField: '',
  mode: 'upsert',
  removed: 'nothing',
  cursor: null,
};

/** A line of the mapping as the field table needs it. */
export interface MappedLine {
  id: string;
  /** The column, or the constant as JSON. */
  name: string;
  key: string;
  on: boolean;
}

const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Fields nothing fills yet and a column that has the same name but for its spelling. */
export function suggestions(
  object: DestinationObject,
  lines: readonly MappedLine[],
): Record<string, MappedLine> {
  const names = new Set(object.fields.map(({ name }) => name));
  const filled = new Set(lines.filter(({ on }) => on).map(({ key }) => key));
  const used = new Set<string>();
  const found: Record<string, MappedLine> = {};
  for (const field of object.fields) {
    if (!field.writable || filled.has(field.name)) continue;
    const same = (line: MappedLine) =>
      !used.has(line.id) &&
      !(line.on && names.has(line.key)) &&
      [line.name, line.key, line.key.split('.').at(-1) ?? ''].some((word) =>
        [bare(field.name), bare(field.label)].includes(bare(word)),
      );
    const line = lines.find(same);
    if (!line) continue;
    used.add(line.id);
    found[field.name] = line;
  }
  return found;
}

/** An object without a list of fields, such as the lines of a file, takes any. */
export const takesAny = (object: DestinationObject): boolean => object.fields.length === 0;

/** Those that the object has no field for. */
export function unknownTo<Named extends { key: string }>(
  object: DestinationObject,
  sent: readonly Named[],
): Named[] {
  const names = new Set(object.fields.map(({ name }) => name));
  return sent.filter(({ key }) => !names.has(key));
}

/** The object of this name. Where the destination takes any field, records keep the name they have. */
export const objectOf = (
  objects: readonly DestinationObject[],
  name: string,
): DestinationObject | undefined =>
  objects.find((object) => object.name === name) ?? (name ? objects.find(takesAny) : undefined);

const columnFields = (fields: readonly Field[]) =>
  fields.flatMap(({ key, value }) => (value.type === 'column' ? [{ key, column: value.column }] : []));

/** Names of the fields a column fills: a constant finds no record again. */
export const filledByColumn = (fields: readonly Field[]): string[] =>
  columnFields(fields).map(({ key }) => key);

/** The field that the row key fills; where the row key is not sent, the first that a column fills. */
export function fieldOfKey(fields: readonly Field[], rowKey: readonly string[]): string {
  const filled = columnFields(fields);
  return (filled.find(({ column }) => column === rowKey[0]) ?? filled[0])?.key ?? '';
}

/** The object to start with, and the field records are matched by in it; `byKey` where it takes any field. */
export function firstTarget(objects: readonly DestinationObject[], before: Target, byKey: string): Target {
  const object = objectOf(objects, before.object) ?? objects[0];
  if (!object) return before;
  if (takesAny(object))
    return { ...before, object: before.object || object.name, matchField: before.matchField || byKey };
  const matchable = object.fields.filter((field) => field.matchable);
  const match = matchable.find(({ name }) => name === before.matchField) ?? matchable[0];
  return { ...before, object: object.name, matchField: match?.name ?? '' };
}

/** What keeps the destination from taking the records. */
export function recordProblems(
  target: Target,
  object: DestinationObject | undefined,
  fields: readonly Field[],
): string[] {
  if (!object) return [text.noObject];
  const found = filledByColumn(fields);
  if (takesAny(object)) return found.includes(target.matchField) ? [] : [text.noMatch];
  const filled = new Set(fields.map(({ key }) => key));
  const unknown = unknownTo(object, fields).length;
  const match = object.fields.find(({ name }) => name === target.matchField);
  const open =
    target.mode === 'update'
      ? []
      : object.fields.filter(
          ({ name, required, writable }) => required && writable && !filled.has(name) && name !== match?.name,
        );
  return [
    ...(match && !found.includes(match.name) ? [text.missingMatch(match.label)] : []),
    ...open.map(({ label }) => text.missing(label)),
    ...(unknown > 0 ? [text.unknown(unknown, object.label)] : []),
  ];
}
