import type { Event } from '@/api/bindings/Event';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import type { PersonHistory } from '@/api/bindings/PersonHistory';

export type Show = 'everything' | 'changes' | 'rejected' | 'undone';

/** What narrows the time line; `null` is no narrowing. */
export interface Narrowing {
  show: Show;
  to: string | null;
  sync: string | null;
}
export const everything: Narrowing = { show: 'everything', to: null, sync: null };

/** The destination has it, as far as it says. */
export const arrived = ({ status }: Event): boolean => status === 'delivered' || status === 'accepted';
export const refused = ({ status }: Event): boolean =>
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
  /** Its first moment, as an id. */
  id: string;
  at: string;
  entries: PersonEntry[];
}

/** The entries by day of this computer's clock, in the order they come. */
export function byDay(entries: readonly PersonEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const id = new Date(entry.event.at).toDateString();
    const last = days.at(-1);
    if (last?.id === id) last.entries.push(entry);
    else days.push({ id, at: entry.event.at, entries: [entry] });
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

/** All pages as one history. */
export function joined(pages: readonly PersonHistory[]): PersonHistory {
  const names = new Map(pages.flatMap((page) => page.names.map((name) => [name.join('\n'), name] as const)));
  return {
    names: [...names.values()],
    entries: pages.flatMap(({ entries }) => entries),
    cursor: pages.at(-1)?.cursor ?? null,
    masked: pages.some(({ masked }) => masked),
  };
}

export interface Facts {
  /** The oldest and the newest delivered entry. */
  first: string | null;
  last: string | null;
  sent: number;
  rejected: number;
}

export function factsOf(entries: readonly PersonEntry[]): Facts {
  const sent = entries.filter(({ event }) => arrived(event));
  return {
    first: sent.at(-1)?.event.at ?? null,
    last: sent[0]?.event.at ?? null,
    sent: sent.length,
    rejected: entries.filter(({ event }) => refused(event)).length,
  };
}

/** When the entry of a run was sent, where it is among these. */
export const momentOf = (run: number | null, entries: readonly PersonEntry[]): string | null =>
  run === null ? null : (entries.find(({ event }) => event.run === run)?.event.at ?? null);
