import type { Accepts } from '@/api/bindings/Accepts';
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

/** The object to start with, and the field records are matched by in it. */
export function firstTarget(objects: readonly DestinationObject[], before: Target): Target {
  const object = objects.find(({ name }) => name === before.object) ?? objects[0];
  if (!object) return before;
  const matchable = object.fields.filter((field) => field.matchable);
  const match = matchable.find(({ name }) => name === before.matchField) ?? matchable[0];
  return { ...before, object: object.name, matchField: match?.name ?? '' };
}

/** What keeps a record destination from being used. */
export function targetProblems(
  accepts: Accepts | null,
  target: Target,
  object: DestinationObject | undefined,
  fields: readonly Field[],
): string[] {
  if (accepts !== 'records') return [];
  if (!object) return [text.noObject];
  const filled = new Set(fields.map(({ key }) => key));
  const match = object.fields.find(({ name }) => name === target.matchField);
  const open =
    target.mode === 'update'
      ? []
      : object.fields.filter(
          ({ name, required, writable }) => required && writable && !filled.has(name) && name !== match?.name,
        );
  return [
    ...(match && !filled.has(match.name) ? [text.missingMatch(match.label)] : []),
    ...open.map(({ label }) => text.missing(label)),
  ];
}
