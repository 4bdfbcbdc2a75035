import type { Discard } from '@/api/bindings/Discard';
import type { Discarding } from '@/api/bindings/Discarding';
import type { Event } from '@/api/bindings/Event';
import type { EventPage } from '@/api/bindings/EventPage';
import type { EventStatus } from '@/api/bindings/EventStatus';
import type { EventsRequest } from '@/api/bindings/EventsRequest';
import type { Retry } from '@/api/bindings/Retry';

/** Where a question about all records asks. */
export interface Scope {
  sync: string | null;
  run: number | null;
  /** Only what is refused for this cause. */
  cause?: number;
}

type Load = (request: EventsRequest) => Promise<EventPage>;

/** One request per run that the chosen events belong to; only what was refused can be sent again. */
export const retriesOf = (events: Iterable<Event>): Retry[] =>
  [...byRun(events, ({ retryable }) => retryable)].map(([run, ids]) => ({ run, keys: [], events: ids }));

/** One request per run that the chosen events belong to; what was refused or waits can be discarded. */
export const discardsOf = (events: Iterable<Event>): Discard[] =>
  [...byRun(events, ({ discardable }) => discardable)].map(([run, ids]) => ({
    run,
    keys: [],
    events: ids,
    which: 'all',
  }));

/** Everything refused in a sync or run: the log itself tells which runs have such records. */
export async function retriesOfAll(load: Load, scope: Scope): Promise<Retry[]> {
  if (scope.cause !== undefined) return retriesOf(await found(load, scope, ['rejected', 'doubtful']));
  const runs = await runsWith(load, scope, ['rejected', 'doubtful'], ({ retryable }) => retryable);
  return runs.map((run) => ({ run, keys: [], events: [] }));
}

/** Everything refused, or everything waiting, in a sync or run. */
export async function discardsOfAll(load: Load, scope: Scope, which: Discarding): Promise<Discard[]> {
  const statuses: Record<Discarding, EventStatus[]> = {
    refused: ['rejected', 'doubtful'],
    waiting: ['waiting', 'sending'],
    all: ['rejected', 'doubtful', 'waiting', 'sending'],
  };
  const runs = await runsWith(load, scope, statuses[which], ({ discardable }) => discardable);
  return runs.map((run) => ({ run, keys: [], events: [], which }));
}

function byRun(events: Iterable<Event>, fits: (event: Event) => boolean): Map<number, string[]> {
  const runs = new Map<number, string[]>();
  for (const event of events) {
    if (fits(event)) runs.set(event.run, [...(runs.get(event.run) ?? []), event.event]);
  }
  return runs;
}

async function runsWith(
  load: Load,
  scope: Scope,
  statuses: EventStatus[],
  fits: (event: Event) => boolean,
): Promise<number[]> {
  if (scope.run !== null) return [scope.run];
  return [...new Set((await found(load, scope, statuses)).filter(fits).map(({ run }) => run))];
}

/** All events in these states, page by page. */
async function found(load: Load, scope: Scope, statuses: EventStatus[]): Promise<Event[]> {
  const events: Event[] = [];
  let cursor: string | null = null;
  do {
    const page: EventPage = await load({
      ...scope,
      key: null,
      statuses,
      search: null,
      since: null,
      cursor,
      limit: 1000,
    });
    events.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== null);
  return events;
}
