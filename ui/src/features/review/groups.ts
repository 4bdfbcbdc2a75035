import type { ChangeKind } from '@/api/bindings/ChangeKind';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { Plan } from '@/api/bindings/Plan';
import type { PlanGroup } from '@/api/bindings/PlanGroup';
import type { PlanRecord } from '@/api/bindings/PlanRecord';
import type { Problem } from '@/api/bindings/Problem';
import type { ReviewGroups } from '@/api/bindings/ReviewGroups';

export const groupNames = ['added', 'changed', 'unchanged', 'refused', 'invalid', 'removed'] as const;
export type GroupName = (typeof groupNames)[number];

/** A line of the review's list. */
export interface Entry {
  id: string;
  /** What a plan names its record by; null for a row that can not be sent. */
  record: string | null;
  key: string;
  /** What happened to its row; null for a row that can not be sent. */
  change: ChangeKind | null;
  /** The fields, or for a row that can not be sent none. */
  fields: FieldChange[];
  /** What would become of it in the destination, where that can be asked. */
  becomes: PlanGroup | null;
  /** Why the destination would refuse it. */
  refused: string[];
  row: number | null;
  problem: Problem | null;
}

/** A record as a line of a list. */
export const entryOf = ({ record, key, change, fields, group, refused }: PlanRecord, id: string): Entry => ({
  id,
  record,
  key,
  change,
  fields,
  becomes: group,
  refused,
  row: null,
  problem: null,
});

/** The rows that can not be sent, as far as the plan lists them. */
const invalidOf = (plan: Plan): Entry[] =>
  plan.invalid_rows.map(({ row, key, problem }) => ({
    id: `row ${String(row)}`,
    record: null,
    key: key ?? '',
    change: null,
    fields: [],
    becomes: null,
    refused: [],
    row,
    problem,
  }));

/** The group of the plan that a record is told in: a row the destination would refuse is no longer new or changed. */
const groupOf = ({ change, group }: PlanRecord): GroupName =>
  group === 'fail' && change !== 'removed' ? 'refused' : change;

/** The entries of a group, as far as the plan lists them. */
export function entriesOf(plan: Plan, group: GroupName): Entry[] {
  if (group === 'unchanged') return [];
  if (group === 'invalid') return invalidOf(plan);
  return plan.records
    .filter((record) => groupOf(record) === group)
    .map((record) => entryOf(record, `${group} ${record.record}`));
}

/** How many are in each group; all but those removed add up to the rows read. */
export function sizes(plan: Plan): Record<GroupName, number> {
  const refused = plan.records.filter((record) => groupOf(record) === 'refused');
  const of = (change: ChangeKind) =>
    plan[change] - refused.filter((record) => record.change === change).length;
  return {
    added: of('added'),
    changed: of('changed'),
    unchanged: plan.unchanged,
    refused: refused.length,
    invalid: plan.invalid,
    removed: plan.removed,
  };
}

/** How many records the destination would take; null where not all of them were compared with it. */
export function deliverable(plan: Plan): number | null {
  const compared = plan.records.filter(({ group }) => group !== null).length;
  return compared < toSend(plan) ? null : toSend(plan) - becoming(plan).fail;
}

/** The entries whose key or a value of which contains what is searched. */
export function matching(entries: readonly Entry[], search: string): readonly Entry[] {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return entries;
  return entries.filter(({ key, fields }) =>
    [key, ...fields.map(({ after }) => after ?? '')].some((word) => word.toLowerCase().includes(wanted)),
  );
}

/** The fields a record is to empty: sent as null although something else, or nothing yet, was delivered. */
export const emptied = ({ fields }: Entry): FieldChange[] =>
  fields.filter(({ changed, after, left_alone }) => changed && !left_alone && after === 'null');

/** The group to look at first: changes, then what is new, then what would be refused or can not be sent. */
export function firstGroup(plan: Plan): GroupName {
  const all = sizes(plan);
  return (
    (['removed', 'changed', 'added', 'refused', 'invalid'] as const).find((name) => all[name] > 0) ?? 'added'
  );
}

/** What may become of a record, in the order it is told. */
export const outcomes = [
  'create',
  'update',
  'same',
  'remove',
  'fail',
] as const satisfies readonly PlanGroup[];

/** A tile of a review: what becomes of records, all of them, or the rows that can not be sent. */
export type Shown = PlanGroup | 'all' | 'invalid';

/** The tile to look at first: what would be lost, then what would change, then the rest. */
export const firstShown = (groups: ReviewGroups): Shown =>
  (['remove', 'update', 'create', 'fail', 'same'] as const).find((name) => groups[name] > 0) ?? 'all';

/** How many of the listed records would become what, where the destination was asked. */
export function becoming({ records }: Plan): ReviewGroups {
  const groups = { create: 0, update: 0, same: 0, remove: 0, fail: 0 };
  for (const { group } of records) if (group) groups[group] += 1;
  return groups;
}

/** How many records the run would send. */
export const toSend = (plan: Plan): number => plan.waiting;
