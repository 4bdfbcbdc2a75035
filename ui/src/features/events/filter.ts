import type { EventStatus } from '@/api/bindings/EventStatus';
import { eventStatuses } from '@/api/state-words';
import type { EventFilter } from './event-log';

export type TimeSpan = 'hour' | 'today' | 'week' | 'all';

/** What the address of the screen says: links from other screens arrive with it, and "back" returns to it. */
export interface EventSearch {
  q?: string;
  sync?: string;
  run?: number;
  key?: string;
  status?: EventStatus[];
  time?: TimeSpan;
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads an address that may say anything. */
export function readSearch(raw: Record<string, unknown>): EventSearch {
  const q = word(raw['q']);
  const sync = word(raw['sync']);
  const key = word(raw['key']) ?? (typeof raw['key'] === 'number' ? String(raw['key']) : undefined);
  const run = typeof raw['run'] === 'number' && Number.isInteger(raw['run']) ? raw['run'] : undefined;
  const status = Array.isArray(raw['status'])
    ? eventStatuses.filter((one) => (raw['status'] as unknown[]).includes(one))
    : [];
  const time = (['hour', 'today', 'week'] as const).find((one) => one === raw['time']);
  return {
    ...(q === undefined ? {} : { q }),
    ...(sync === undefined ? {} : { sync }),
    ...(run === undefined ? {} : { run }),
    ...(key === undefined ? {} : { key }),
    ...(status.length > 0 ? { status } : {}),
    ...(time === undefined ? {} : { time }),
  };
}

/** The first moment a span lets through, to the minute, so that the filter does not change with every render. */
export function since(time: TimeSpan | undefined, now: number): string | null {
  if (time === undefined || time === 'all') return null;
  const date = new Date(now);
  date.setSeconds(0, 0);
  if (time === 'hour') date.setHours(date.getHours() - 1);
  else date.setHours(0, 0);
  if (time === 'week') date.setDate(date.getDate() - 6);
  return date.toISOString();
}

/** The same for the backend. */
export function toFilter(search: EventSearch, now: number): EventFilter {
  return {
    sync: search.sync ?? null,
    run: search.run ?? null,
    key: search.key ?? null,
    statuses: search.status ?? [],
    search: search.q ?? null,
    since: since(search.time, now),
  };
}

/** Whether anything narrows the list. */
export const isFiltered = (search: EventSearch): boolean => Object.keys(search).length > 0;

/** The part of the present a filter depends on: the day, or for the last hour the minute. */
export function presentOf(search: EventSearch, now: number): string {
  const date = new Date(now);
  if (search.time === 'hour') date.setSeconds(0, 0);
  else date.setHours(0, 0, 0, 0);
  return date.toISOString();
}
