import type { Event } from '@/api/bindings/Event';
import type { EventPage } from '@/api/bindings/EventPage';
import type { EventsRequest } from '@/api/bindings/EventsRequest';
import type { Retry } from '@/api/bindings/Retry';

/** One request per run that the chosen events belong to; only what was refused can be sent again. */
export function retriesOf(events: Iterable<Event>): Retry[] {
  const byRun = new Map<number, string[]>();
  for (const event of events) {
    if (event.retryable) byRun.set(event.run, [...(byRun.get(event.run) ?? []), event.event]);
  }
  return [...byRun].map(([run, events]) => ({ run, keys: [], events }));
}

/** Everything refused in a sync or run: the log itself tells which runs have such records. */
export async function retriesOfAll(
  load: (request: EventsRequest) => Promise<EventPage>,
  scope: { sync: string | null; run: number | null },
): Promise<Retry[]> {
  if (scope.run !== null) return [{ run: scope.run, keys: [], events: [] }];
  const runs = new Set<number>();
  let cursor: string | null = null;
  do {
    const page: EventPage = await load({
      ...scope,
      key: null,
      statuses: ['rejected'],
      search: null,
      since: null,
      cursor,
      limit: 1000,
    });
    page.events.filter(({ retryable }) => retryable).forEach((event) => runs.add(event.run));
    cursor = page.cursor;
  } while (cursor !== null);
  return [...runs].map((run) => ({ run, keys: [], events: [] }));
}
