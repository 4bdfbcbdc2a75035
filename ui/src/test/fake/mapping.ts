import type { MappingCheck } from '@/api/bindings/MappingCheck';
import type { MappingCheckRequest } from '@/api/bindings/MappingCheckRequest';
import type { Mismatch } from '@/api/bindings/Mismatch';
import { leadScores, rowCount, valueAt } from './source';

const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Suggestions by spelling alone, and values that are not in a pick list. */
export function checkMapping({ definition, object }: MappingCheckRequest): MappingCheck {
  const fields = definition.fields ?? [];
  const filled = new Map(fields.map((field) => [field.key, field.value]));
  const busy = new Set(
    object.fields.flatMap(({ name }) => {
      const value = filled.get(name);
      return value?.type === 'column' ? [value.column] : [];
    }),
  );
  const suggestions = object.fields
    .filter(({ name, writable }) => writable && !filled.has(name))
    .flatMap(({ name, label }) => {
      const column = leadScores.columns.find(
        (one) => !busy.has(one.name) && [bare(name), bare(label)].includes(bare(one.name)),
      );
      return column ? [{ field: name, column: column.name, sent: null, likeness: 'spelling' as const }] : [];
    });
  const mismatches = object.fields.flatMap(({ name, label, takes, options }): Mismatch[] => {
    const value = filled.get(name);
    if (takes.type !== 'one_of' || value?.type !== 'column') return [];
    const counts = new Map<string, number>();
    for (let row = 0; row < rowCount; row++) {
      const text = String(valueAt(value.column, row));
      if (!options.includes(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const examples = [...counts].map(([text, rows]) => ({ value: text, rows }));
    const rows = examples.reduce((sum, one) => sum + one.rows, 0);
    const [first] = examples;
    if (!first) return [];
    const message = `“${first.value}” is not in the list of ${label}: ${String(rows)} of the ${String(rowCount)} sample rows`;
    return [{ field: name, kind: 'not_in_list', message, rows, different: examples.length, examples }];
  });
  return { rows: rowCount, suggestions, mismatches };
}
