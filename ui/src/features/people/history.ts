import type { Event } from '@/api/bindings/Event';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import type { PersonTotals } from '@/api/bindings/PersonTotals';
import { sameDay } from '@/components/times';

export type Show = 'everything' | 'changes' | 'rejected' | 'undone';

/** What narrows the time line; `null` is no narrowing. */
export interface Narrowing {
  show: Show;
  to: string | null;
  sync: string | null;
}
export const everything: Narrowing = { show: 'everything', to: null, sync: null };

/** The destination has it, as far as it says. */
export const arrived = ({ status }: Pick<Event, 'status'>): boolean =>
  status === 'delivered' || status === 'accepted';
export const refused = ({ status }: Pick<Event, 'status'>): boolean =>
  status === 'rejected' || status === 'doubtful' || status === 'invalid';

const nothing = (json: string | null): boolean => json === null || json === 'null';

/** The fields whose value is another one now; from no value to no value is no change. */
export const changesOf = (fields: readonly FieldChange[]): FieldChange[] =>
  fields.filter(
    ({ changed, left_alone, before, after }) =>
      changed && !left_alone && !(nothing(before) && nothing(after)),
  );

const changedSomething = ({ event, fields }: PersonEntry): boolean =>
  arrived(event) && (event.change === 'removed' || changesOf(fields).length > 0);

const shows: Record<Show, (entry: PersonEntry) => boolean> = {
  everything: () => true,
  changes: changedSomething,
  rejected: ({ event }) => refused(event),
  undone: ({ undoes, undone_by }) => undoes !== null || undone_by !== null,
};

export const narrowed = (entries: readonly PersonEntry[], { show, to, sync }: Narrowing): PersonEntry[] =>
  entries.filter(
    (entry) =>
      shows[show](entry) && (to === null || entry.to === to) && (sync === null || entry.event.sync === sync),
  );

export interface Day {
  /** The newest moment of it. */
  at: string;
  entries: PersonEntry[];
}

/** The entries by day of the user's calendar, in the order they come. */
export function byDay(entries: readonly PersonEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const { at } = entry.event;
    const last = days.at(-1);
    if (last && sameDay(last.at, at)) last.entries.push(entry);
    else days.push({ at, entries: [entry] });
  }
  return days;
}

/** A record as a sync last sent it. */
export interface LastSent {
  entry: PersonEntry;
  fields: FieldChange[];
}

/**
 * Per sync and record what was last delivered. A run that takes another one back sends only what it puts back,
 * so what was sent before it counts for the other fields.
 */
export function asLastSent(entries: readonly PersonEntry[]): LastSent[] {
  const found = new Map<string, LastSent & { whole: boolean }>();
  for (const entry of entries.filter(({ event }) => arrived(event))) {
    const record = JSON.stringify([entry.event.sync, entry.event.what, entry.event.key]);
    const known = found.get(record);
    if (known?.whole) continue;
    const fields = known?.fields ?? [];
    const more = entry.fields.filter(({ path }) => !fields.some((field) => field.path === path));
    found.set(record, {
      entry: known?.entry ?? entry,
      fields: [...fields, ...more],
      whole: entry.undoes === null,
    });
  }
  return [...found.values()];
}

const namesOf = (pages: readonly PersonHistory[]): PersonHistory['names'] => [
  ...new Map(pages.flatMap(({ names }) => names.map((name) => [name.join('\n'), name] as const))).values(),
];

/** All pages as one history. */
export const joined = (pages: readonly PersonHistory[]): PersonHistory => ({
  names: namesOf(pages),
  entries: pages.flatMap(({ entries }) => entries),
  cursor: pages.at(-1)?.cursor ?? null,
  totals: pages[0]?.totals ?? null,
  masked: pages.some(({ masked }) => masked),
});

/**
 * The history with its newest entries as they are now. Older ones are kept where the newest reach down to them;
 * the order of entries never changes, and what is below is as it was unless the user does something about it.
 */
export function renewed(known: PersonHistory, newest: PersonHistory): PersonHistory {
  const last = newest.entries.at(-1)?.event.event;
  const place = newest.cursor === null ? -1 : known.entries.findIndex(({ event }) => event.event === last);
  if (place < 0) return newest;
  return {
    ...newest,
    names: namesOf([newest, known]),
    entries: [...newest.entries, ...known.entries.slice(place + 1)],
    cursor: known.cursor,
  };
}

/** How many times something was sent, and how many times it was refused. */
export function countsOf({ by_status }: PersonTotals): { sent: number; rejected: number } {
  const sum = (fits: (one: Pick<Event, 'status'>) => boolean) =>
    by_status.reduce((all, [status, n]) => (fits({ status }) ? all + n : all), 0);
  return { sent: sum(arrived), rejected: sum(refused) };
}

/** When the entry of a run was sent, where it is among these. */
export const momentOf = (run: number | null, entries: readonly PersonEntry[]): string | null =>
  run === null ? null : (entries.find(({ event }) => event.run === run)?.event.at ?? null);
