import type { DestinationField } from '@/api/bindings/DestinationField';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { MappingCheck } from '@/api/bindings/MappingCheck';
import type { Mismatch } from '@/api/bindings/Mismatch';
import { type MappedLine, type Target, isOpen } from './target';

/** How a field of the object stands, in one word. */
export type Fit = 'read_only' | 'match' | 'misfit' | 'fits' | 'suggested' | 'open' | 'not_sent';

/** A field of the object with what fills it, or could. */
export interface FieldRow {
  field: DestinationField;
  line: MappedLine | undefined;
  suggested: MappedLine | undefined;
  mismatches: Mismatch[];
  fit: Fit;
}

export type Shown = 'all' | 'todo' | 'suggested' | 'sent';

/** The line a suggestion means: of a column that is sent, or of what else is. What was left out stays out. */
function suggestions(
  check: MappingCheck | undefined,
  lines: readonly MappedLine[],
  dropped: ReadonlySet<string>,
) {
  const sent = lines.filter(({ on }) => on);
  const found = new Map<string, MappedLine>();
  for (const { field, column, sent: index } of check?.suggestions ?? []) {
    const line = column === null ? sent[index ?? -1] : sent.find(({ id }) => id === column);
    if (line && !dropped.has(field)) found.set(field, line);
  }
  return found;
}

/** Every field of the object, as it stands. `dropped` are fields whose suggestion the user does not want. */
export function fieldRows(
  object: DestinationObject,
  lines: readonly MappedLine[],
  target: Target,
  check: MappingCheck | undefined,
  dropped: ReadonlySet<string>,
): FieldRow[] {
  const sent = new Map(lines.filter(({ on }) => on).map((line) => [line.key, line]));
  const filled = new Set(sent.keys());
  const likely = suggestions(check, lines, dropped);
  return object.fields.map((field) => {
    const line = sent.get(field.name);
    const suggested = line ? undefined : likely.get(field.name);
    const mismatches = line ? (check?.mismatches ?? []).filter((one) => one.field === field.name) : [];
    const fit = !field.writable
      ? 'read_only'
      : mismatches.length > 0
        ? 'misfit'
        : line
          ? field.name === target.matchField
            ? 'match'
            : 'fits'
          : suggested
            ? 'suggested'
            : isOpen(field, target, filled) || field.name === target.matchField
              ? 'open'
              : 'not_sent';
    return { field, line, suggested, mismatches, fit };
  });
}

const belongs: Record<Shown, (row: FieldRow) => boolean> = {
  all: () => true,
  todo: ({ fit, field }) => fit === 'misfit' || fit === 'open' || (fit === 'suggested' && field.required),
  suggested: ({ fit }) => fit === 'suggested',
  sent: ({ line }) => line !== undefined,
};

export const count = (rows: readonly FieldRow[], shown: Shown): number => rows.filter(belongs[shown]).length;

/** Those of a kind that match the search. */
export function shownRows(rows: readonly FieldRow[], shown: Shown, search: string): FieldRow[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    (row) =>
      belongs[shown](row) &&
      [row.field.name, row.field.label, row.line?.name ?? ''].some((word) =>
        word.toLowerCase().includes(wanted),
      ),
  );
}
