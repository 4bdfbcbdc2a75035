import { useState } from 'react';
import type { Plan } from '@/api/bindings/Plan';
import type { Review } from '@/api/bindings/Review';
import type { ReviewFilter } from '@/api/bindings/ReviewFilter';
import { useReviewRecords } from '@/api/review-queries';
import { type Entry, type Shown, entriesOf, entryOf, firstShown, matching } from './groups';

export type LookTab = 'records' | 'fields';

/** What one looks at of a review: a group, a field, a search, and one record or one field of what is found. */
export function useLook(review: Review, plan: Plan) {
  const [tab, setTab] = useState<LookTab>('records');
  const [group, setGroup] = useState<Shown>(() => firstShown(review.groups));
  const [field, setField] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [picked, setPicked] = useState<string | null>(null);
  const [fieldPicked, setFieldPicked] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const invalid = group === 'invalid';
  const filter: ReviewFilter = {
    group: group === 'all' || invalid ? null : group,
    field,
    search: search.trim() || null,
  };
  const found = useReviewRecords(review, filter, !invalid);
  const entries: readonly Entry[] = invalid
    ? matching(entriesOf(plan, 'invalid'), search)
    : (found.data?.pages.flatMap(({ records }, page) =>
        records.map((record, at) => entryOf(record, `${String(page)} ${String(at)}`)),
      ) ?? []);
  const at = Math.max(
    0,
    entries.findIndex(({ id }) => id === picked),
  );
  const all = group === 'all' ? review.compared : invalid ? plan.invalid : review.groups[group];
  const choose = (entry: Entry) => {
    setPicked(entry.id);
    setOpen(true);
  };
  const narrow = (change: () => void) => {
    change();
    setPicked(null);
  };
  const previous = entries[at - 1];
  const next = entries[at + 1];
  return {
    tab,
    setTab,
    group,
    setGroup: (name: Shown) => narrow(() => setGroup(name)),
    /** Only records in which this field would change. */
    field,
    setField: (path: string | null) => narrow(() => setField(path)),
    search,
    setSearch: (wanted: string) => narrow(() => setSearch(wanted)),
    filter,
    /** How many there are where nothing narrows them further; null where nobody counted. */
    total: field !== null && !invalid ? null : filter.search === null ? all : null,
    entries,
    found,
    entry: entries[at],
    choose,
    onPrevious: previous && (() => choose(previous)),
    onNext: next && (() => choose(next)),
    /** The field whose values are looked at. */
    reported: review.fields.find(({ path }) => path === fieldPicked) ?? review.fields[0],
    report: (path: string) => {
      setFieldPicked(path);
      setOpen(true);
    },
    /** To the records in which the field would change. */
    showField: (path: string) =>
      narrow(() => {
        setTab('records');
        setGroup('all');
        setSearch('');
        setField(path);
      }),
    /** Where there is no room beside the list, what is picked is looked at over it. */
    open,
    close: () => setOpen(false),
  };
}

export type Look = ReturnType<typeof useLook>;
