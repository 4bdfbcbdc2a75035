import type { Run } from '@/api/bindings/Run';
import type { RunBar } from '@/api/bindings/RunBar';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';

export const definitionOf = (name: string, more: Partial<SyncDefinition> = {}): SyncDefinition => ({
  name,
  from: 'Kestrel production',
  query: { type: 'table', schema: 'marketing', name: 'lead_scores' },
  key: ['lead_id'],
  to: 'Kestrel events',
  shape: { type: 'identify' },
  mode: 'upsert',
  removed: 'nothing',
  identifiers: { user_id: 'user_id', email: 'email' },
  fields: [
    {
      value: { type: 'column', column: 'lead_score' },
      key: 'lead_score',
      null: 'send',
      hash: null,
      mask: false,
      only_if_empty: false,
    },
  ],
  schedule: { type: 'every', minutes: 30 },
  brakes: {
    empty: true,
    shrunk: 50,
    removed: 10,
    removed_records: 1000,
    refused: 20,
    emptied: 30,
    first_run: false,
  },
  cursor: null,
  ...more,
});

export const runOf = (run: number, sync: string, more: Partial<Run> = {}): Run => ({
  run,
  sync,
  status: 'completed',
  trigger: 'schedule',
  started_at: '2026-11-24T13:30:00Z',
  finished_at: '2026-11-24T13:30:12Z',
  held_seconds: 0,
  cost: null,
  undoes: null,
  left_alone: [],
  undone_by: null,
  undone_in_part: false,
  undoing: null,
  taken_over_by: null,
  sent_by: [],
  progress: null,
  problem: null,
  reason: null,
  read: 48213,
  invalid: 0,
  added: 12,
  changed: 1192,
  removed: 0,
  unchanged: 47009,
  carried: 0,
  sent: 1204,
  delivered: 1204,
  rejected: 0,
  discarded: 0,
  waiting: 0,
  requests: 13,
  bytes_sent: 88210,
  seconds: 12,
  ...more,
});

const bars = (sent: number[], rejected: Record<number, number> = {}): RunBar[] =>
  sent.map((delivered, index) => ({
    run: index + 1,
    delivered,
    rejected: rejected[index] ?? 0,
    status: rejected[index] ? 'completed_with_rejections' : 'completed',
  }));

const sync = (name: string, more: Partial<Sync>, definition: Partial<SyncDefinition> = {}): Sync => ({
  definition: definitionOf(name, definition),
  from_kind: 'postgres',
  to_kind: 'rudderstack',
  status: 'healthy',
  problem: null,
  paused: false,
  next_run_at: '2026-11-24T14:00:00Z',
  schedule_sentence: 'Every 30 minutes.',
  held: null,
  last_run: runOf(1, name),
  history: bars([410, 380, 120, 440, 300, 512, 420, 380, 460, 200, 330, 470, 390, 410]),
  waiting: 0,
  rejected: 0,
  ...more,
});

const heldRun: Run = runOf(31, 'Churn risk', {
  status: 'held',
  read: 1829,
  unchanged: 625,
  removed: 2983,
  sent: 0,
  delivered: 0,
  waiting: 4187,
});

export const savedSyncs: Sync[] = [
  sync('Churn risk', {
    status: 'held',
    held: heldRun,
    last_run: heldRun,
    problem: {
      code: 'SLU-4002',
      kind: 'shrunken_source',
      message: 'Its source has 62% fewer rows than last time: 1,829 instead of 4,812.',
      safe: 'Nothing was sent, and nothing was changed in the destination.',
      hint: 'Review the removals; the next run waits until you decide.',
      fix: null,
      retries: false,
      details: [],
    },
  }),
  sync('Product usage', {
    rejected: 22,
    last_run: runOf(44, 'Product usage', {
      status: 'completed_with_rejections',
      rejected: 22,
      delivered: 1182,
    }),
    history: bars([200, 160, 90, 80, 70, 90, 440, 420, 300, 310, 120, 330, 190, 310], { 6: 4, 13: 22 }),
  }),
  sync('Trial sign-ups', {
    last_run: runOf(45, 'Trial sign-ups', { sent: 41, delivered: 41, changed: 29, added: 12 }),
  }),
  sync('Newsletter opt-outs', { status: 'waiting_for_network', waiting: 38 }),
  sync('Event attendees 2026', { status: 'paused', paused: true, next_run_at: null }),
  sync(
    'Renewal dates',
    {
      status: 'no_destination',
      to_kind: null,
      last_run: null,
      history: [],
      next_run_at: null,
      schedule_sentence: 'Only when you press Sync now.',
    },
    { to: null, schedule: { type: 'manual' } },
  ),
];
