import type { DestinationField } from '@/api/bindings/DestinationField';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Field } from '@/api/bindings/Field';
import type { Mode } from '@/api/bindings/Mode';
import type { NullRule } from '@/api/bindings/NullRule';
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
  /** Object and match field are those of another destination, still to be looked for in this one. */
  carried?: true;
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
  /** The column, the template, or the constant as JSON. */
  name: string;
  key: string;
  on: boolean;
  /** What a null becomes; a constant has none. */
  null: NullRule | null;
  onlyIfEmpty: boolean;
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
  fields.flatMap(({ key, value, mask }) =>
    value.type === 'column' && !mask ? [{ key, column: value.column }] : [],
  );

/** Names of the fields that rows fill: a constant finds no record again, nor does what is masked. */
export const filledByRow = (fields: readonly Field[]): string[] =>
  fields.filter(({ value, mask }) => value.type !== 'constant' && !mask).map(({ key }) => key);

/** The field that the row key fills; where the row key is not sent, the first that a column fills. */
export function fieldOfKey(fields: readonly Field[], rowKey: readonly string[]): string {
  const filled = columnFields(fields);
  return (filled.find(({ column }) => column === rowKey[0]) ?? filled[0])?.key ?? '';
}

/** The object to start with, and the field records are matched by in it; `byKey` where it takes any field. */
export function firstTarget(objects: readonly DestinationObject[], target: Target, byKey: string): Target {
  const object = objectOf(objects, target.object) ?? objects[0];
  if (!object) return target;
  const before = { ...target };
  delete before.carried;
  if (takesAny(object))
    return { ...before, object: before.object || object.name, matchField: before.matchField || byKey };
  const matchable = object.fields.filter((field) => field.matchable);
  // One that a row can fill: the destination gives its own ids by itself.
  const first = matchable.find(({ writable }) => writable) ?? matchable[0];
  const match = matchable.find(({ name }) => name === before.matchField) ?? first;
  return { ...before, object: object.name, matchField: match?.name ?? '' };
}

/** A new record needs the field, and nothing fills it. */
export const isOpen = (field: DestinationField, target: Target, filled: ReadonlySet<string>): boolean =>
  target.mode !== 'update' && field.required && field.writable && !filled.has(field.name);

/** What keeps the destination from taking the records. */
export function recordProblems(
  target: Target,
  object: DestinationObject | undefined,
  fields: readonly Field[],
): string[] {
  if (!object) return [text.noObject];
  const found = filledByRow(fields);
  if (takesAny(object)) return found.includes(target.matchField) ? [] : [text.noMatch];
  const filled = new Set(fields.map(({ key }) => key));
  const unknown = unknownTo(object, fields).map(({ key }) => key);
  const match = object.fields.find(({ name }) => name === target.matchField);
  const open = object.fields.filter((field) => isOpen(field, target, filled) && field.name !== match?.name);
  return [
    ...(match && !found.includes(match.name) ? [text.missingMatch(match.label)] : []),
    ...open.map(({ label }) => text.missing(label)),
    ...(unknown.length > 0 ? [text.unknown(unknown, object.label)] : []),
  ];
}
