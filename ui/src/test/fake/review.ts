import type { PlanGroup } from '@/api/bindings/PlanGroup';
import type { PlanRecord } from '@/api/bindings/PlanRecord';
import type { Review } from '@/api/bindings/Review';
import type { ReviewField } from '@/api/bindings/ReviewField';
import type { ReviewFilter } from '@/api/bindings/ReviewFilter';
import type { ReviewPage } from '@/api/bindings/ReviewPage';
import type { ReviewRequest } from '@/api/bindings/ReviewRequest';
import type { Since } from '@/api/bindings/Since';

const share: [PlanGroup, number][] = [
  ['remove', 2983],
  ['update', 1000],
  ['same', 150],
  ['fail', 42],
  ['create', 12],
];

const cities = ['Berlin', 'Łódź', 'القاهرة', 'Lisboa'];

function recordOf(group: PlanGroup, at: number): PlanRecord {
  const key = `${group === 'remove' ? 'G' : 'L'}-${String(20000 + at)}`;
  const gone = group === 'remove';
  const there = group !== 'create';
  const city = cities[at % cities.length] ?? '';
  const score = { before: there ? String(at % 90) : null, after: gone ? null : String((at % 90) + 7) };
  const same = group === 'same';
  return {
    record: String(at).padStart(16, '0'),
    key,
    change: gone ? 'removed' : there ? 'changed' : 'added',
    group,
    now: there ? {} : null,
    before: there ? {} : null,
    after: gone ? null : {},
    fields: [
      {
        path: 'properties.lead_score',
        ...score,
        after: same ? score.before : score.after,
        changed: !same,
        left_alone: false,
      },
      {
        path: 'properties.city',
        before: there ? JSON.stringify(city) : null,
        after: gone ? null : at % 5 === 0 && !same ? 'null' : JSON.stringify(city),
        changed: !there || gone || (at % 5 === 0 && !same),
        left_alone: false,
      },
      {
        path: 'properties.rating',
        before: there ? '"Warm"' : null,
        after: gone ? null : group === 'fail' ? '"Boiling"' : '"Warm"',
        changed: !there || gone || group === 'fail',
        left_alone: false,
      },
    ],
    refused: group === 'fail' ? ['“Boiling” is not in the pick list of Rating.'] : [],
  };
}

export const reviewFields: ReviewField[] = [
  {
    path: 'properties.lead_score',
    records: 4187,
    changed: 4037,
    changed_last: 80,
    filled_before: 4175,
    filled_after: 1204,
    blanked: 0,
    left_alone: 0,
    misfits: [],
    top: [
      { value: '12', before: 47, after: 13 },
      { value: '94', before: 0, after: 14 },
    ],
  },
  {
    path: 'properties.city',
    records: 4187,
    changed: 203,
    changed_last: null,
    filled_before: 4175,
    filled_after: 972,
    blanked: 203,
    left_alone: 31,
    misfits: [],
    top: [{ value: '"Łódź"', before: 1046, after: 300 }],
  },
  {
    path: 'properties.rating',
    records: 4187,
    changed: 54,
    changed_last: 50,
    filled_before: 4175,
    filled_after: 1204,
    blanked: 0,
    left_alone: 0,
    misfits: [{ kind: 'not_in_list', records: 42, example: 'Boiling' }],
    top: [
      { value: '"Warm"', before: 4175, after: 1162 },
      { value: '"Boiling"', before: 0, after: 42 },
    ],
  },
];

export const unchanged: Since = { looked: true, cost: null, added: 0, changed: 0, gone: 0, keys: [] };

/** Reviews of held runs: they are compared as one looks. */
export function fakeReviews() {
  const records = share.flatMap(([group, n]) => Array.from({ length: n }, (_, at) => recordOf(group, at)));
  // Mixed, as rows are.
  const mixed = records.map((_, at) => records[(at * 1009) % records.length] as PlanRecord);
  const compared = new Map<number, number>();
  const state = (run: number, more: Partial<Review> = {}): Review => {
    const done = compared.get(run) ?? 0;
    const groups = { create: 0, update: 0, same: 0, remove: 0, fail: 0 };
    for (const { group } of mixed.slice(0, done)) if (group) groups[group] += 1;
    return {
      run,
      reads: true,
      records: mixed.length,
      compared: done,
      going: compared.has(run) && done < mixed.length,
      requests: Math.ceil((mixed.length - done) / 100),
      quota_share: 0.004,
      quota_left: 0.9,
      groups,
      fields: done > 0 ? reviewFields : [],
      records_last: 9800,
      problem: null,
      ...more,
    };
  };
  const found = (run: number, { group, field, search }: ReviewFilter): PlanRecord[] =>
    mixed
      .slice(0, compared.get(run) ?? 0)
      .filter(
        (one) =>
          (group === null || one.group === group) &&
          (field === null || one.fields.some(({ path, changed }) => path === field && changed)) &&
          (search === null ||
            JSON.stringify([one.key, one.fields]).toLowerCase().includes(search.toLowerCase())),
      );
  return {
    state,
    /** As it is, and a step further for whoever asks next. */
    look: (run: number): Review => {
      const now = state(run);
      if (now.going) compared.set(run, Math.min(mixed.length, now.compared + 2000));
      return now;
    },
    start: (run: number): Review => {
      compared.set(run, Math.max(1, compared.get(run) ?? 0));
      return state(run);
    },
    /** All of them are compared. */
    finish: (run: number): void => void compared.set(run, mixed.length),
    page: ({ run, filter, after, limit }: ReviewRequest): ReviewPage => {
      const all = found(run, filter);
      const from = Number(after ?? 0);
      const to = from + limit;
      return { records: all.slice(from, to), next: to < all.length ? String(to) : null };
    },
    count: (run: number, filter: ReviewFilter): number => found(run, filter).length,
  };
}
