import type { FieldChange } from '@/api/bindings/FieldChange';
import type { Plan } from '@/api/bindings/Plan';
import type { PlanRecord } from '@/api/bindings/PlanRecord';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { made } from './payload';
import { isPersonal, mask, valueAt } from './source';

function record(definition: SyncDefinition, row: number, change: 'added' | 'changed'): PlanRecord {
  const fields = (definition.fields ?? []).map(({ key, value }, index): FieldChange => {
    const raw = made(value, (column) => valueAt(column, row));
    const after = JSON.stringify(
      value.type === 'column' && raw !== null && isPersonal(value.column) ? mask(String(raw)) : raw,
    );
    const changed = change === 'added' || index % 4 === 0;
    return {
      path: `traits.${key}`,
      before:
        change === 'added' ? null : changed ? (typeof raw === 'number' ? String(raw - 7) : '"Warm"') : after,
      after,
      changed,
      left_alone: false,
    };
  });
  return {
    record: String(row).padStart(16, '0'),
    key: String(valueAt(definition.key[0] ?? 'lead_id', row)),
    change,
    before: change === 'added' ? null : {},
    group: null,
    now: null,
    after: {},
    fields,
    refused: [],
  };
}

/** What a held run of `sync` would do: some removals, and what changed. */
export function heldPlan({ definition, held, problem }: Sync): Plan {
  const plan = planOf(definition);
  const changed = plan.records.filter(({ change }) => change === 'changed');
  const removed = changed.map((one): PlanRecord => ({
    ...one,
    key: one.key.replace('L-', 'G-'),
    change: 'removed',
    after: null,
    fields: one.fields.map((field) => ({ ...field, before: field.after, after: null, changed: true })),
  }));
  return { ...plan, ...held, records: [...removed, ...changed], invalid_rows: [], held: problem };
}

export function planOf(definition: SyncDefinition): Plan {
  const problem = {
    code: 'SLU-3102',
    kind: 'no_identifier',
    message: 'The row has no value in any identifier.',
    safe: 'The row is left out; all others are sent.',
    hint: 'Fill email or user_id in the warehouse.',
    fix: null,
    retries: false,
    details: [],
  };
  return {
    sync: definition.name,
    records: [
      ...Array.from({ length: 60 }, (_, row) => record(definition, row, 'added')),
      ...Array.from({ length: 40 }, (_, row) => record(definition, row + 60, 'changed')),
    ],
    invalid_rows: Array.from({ length: 12 }, (_, index) => ({
      row: 400 + index * 31,
      key: `L-${String(21000 + index * 31)}`,
      problem,
    })),
    held: {
      code: 'SLU-4001',
      kind: 'first_run',
      message: 'A first run waits for you.',
      safe: 'Nothing has been sent.',
      hint: 'Look at the records and start it.',
      fix: null,
      retries: false,
      details: [],
    },
    reads: false,
    stamp: 'as-planned',
    expected_seconds: 184,
    requests_needed: 482,
    sent_by: [],
    cost: { bytes: 1_240_000_000, price: 'about $0.01 at list price' },
    quota_share: definition.shape.type === 'record' ? 0.03 : null,
    quota_left: definition.shape.type === 'record' ? 0.9 : null,
    read: 48213,
    invalid: 168,
    added: 44174,
    changed: 3871,
    removed: 0,
    unchanged: 0,
    carried: 0,
    sent: 0,
    delivered: 0,
    rejected: 0,
    discarded: 0,
    waiting: 48045,
    requests: 0,
    bytes_sent: 0,
    seconds: 38,
  };
}
