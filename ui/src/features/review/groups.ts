import type { FieldChange } from '@/api/bindings/FieldChange';
import type { Plan } from '@/api/bindings/Plan';
import type { PlanGroup } from '@/api/bindings/PlanGroup';
import type { Problem } from '@/api/bindings/Problem';

export const groupNames = ['added', 'changed', 'unchanged', 'invalid', 'removed'] as const;
export type GroupName = (typeof groupNames)[number];

/** A line of the review's list. */
export interface Entry {
  id: string;
  key: string;
  /** The fields, or for a row that would fail none. */
  fields: FieldChange[];
  /** What would become of it in the destination, where that can be asked. */
  becomes: PlanGroup | null;
  row: number | null;
  problem: Problem | null;
}

/** The entries of a group, as far as the plan lists them. */
export function entriesOf(plan: Plan, group: GroupName): Entry[] {
  if (group === 'unchanged') return [];
  if (group === 'invalid') {
    return plan.invalid_rows.map(({ row, key, problem }) => ({
      id: `row ${String(row)}`,
      key: key ?? '',
      fields: [],
      becomes: null,
      row,
      problem,
    }));
  }
  return plan.records
    .filter(({ change }) => change === group)
    .map(({ key, fields, group: becomes }) => ({
      id: `${group} ${key}`,
      key,
      fields,
      becomes,
      row: null,
      problem: null,
    }));
}

/** The fields a record is to empty: sent as null although something else, or nothing yet, was delivered. */
export const emptied = ({ fields }: Entry): FieldChange[] =>
  fields.filter(({ changed, after, left_alone }) => changed && !left_alone && after === 'null');

/** The group to look at first: changes, then what is new, then what would fail. */
export function firstGroup(plan: Plan): GroupName {
  return (['removed', 'changed', 'added', 'invalid'] as const).find((name) => plan[name] > 0) ?? 'added';
}

/** What would become of the records that are listed, where the destination was asked. */
export const becoming = (plan: Plan): [PlanGroup, number][] =>
  (['create', 'update', 'remove', 'same', 'fail'] as const)
    .map((name): [PlanGroup, number] => [name, plan.records.filter(({ group }) => group === name).length])
    .filter(([, n]) => n > 0);

/** How many records the run would send. */
export const toSend = (plan: Plan): number => plan.waiting;

/** The last step of a path: `traits.company.name` as `company.name`. */
export const shortPath = (path: string): string => path.replace(/^(traits|properties|context\.traits)\./, '');
