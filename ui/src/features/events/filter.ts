import type { EventStatus } from '@/api/bindings/EventStatus';
import { eventStatuses } from '@/api/state-words';
import type { EventFilter } from './event-log';

/** What the address of the screen says: links from other screens arrive with it, and "back" returns to it. */
export interface EventSearch {
  q?: string;
  sync?: string;
  run?: number;
  key?: string;
  /** One person, by an exact identifier. */
  person?: string;
  status?: EventStatus[];
  /** Kinds of errors. */
  error?: string[];
  /** One cause, by its number. */
  cause?: number;
  /** `90m`, `1h`, `7d` or `today`: from then until now. */
  since?: string;
  /** Days or minutes of this computer's time zone: `2026-11-01`, `2026-11-01T14:30`. */
  after?: string;
  before?: string;
  /** Groups are shown in place of the list. */
  by?: 'cause';
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const whole = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;
const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
/** Without what is not there. */
const given = (search: { [Name in keyof EventSearch]: EventSearch[Name] | undefined }): EventSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
const some = <Value>(list: Value[]): Value[] | undefined => (list.length > 0 ? list : undefined);

/** Reads an address that may say anything. */
export function readSearch(raw: Record<string, unknown>): EventSearch {
  const status = words(raw['status']);
  const since = word(raw['since']);
  const moment = (value: unknown) =>
    typeof value === 'string' && dateOf(value) !== null ? value : undefined;
  return given({
    q: word(raw['q']),
    sync: word(raw['sync']),
    run: whole(raw['run']),
    key: word(raw['key']) ?? (typeof raw['key'] === 'number' ? String(raw['key']) : undefined),
    person: word(raw['person']) ?? (typeof raw['person'] === 'number' ? String(raw['person']) : undefined),
    status: some(eventStatuses.filter((one) => status.includes(one))),
    error: some(words(raw['error'])),
    cause: whole(raw['cause']),
    since: since !== undefined && isSpan(since) ? since : undefined,
    after: moment(raw['after']),
    before: moment(raw['before']),
    by: raw['by'] === 'cause' ? 'cause' : undefined,
  });
}

const span = /^(\d{1,4})([mhd])$/;

/** Whether a text is a span of time up to now. */
export const isSpan = (text: string): boolean => text === 'today' || span.test(text);

/** The moment a day or a minute of this computer's time zone begins; `null` where there is no such day. */
export function dateOf(text: string): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$/.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute] = parts.slice(1).map((part) => Number(part || 0));
  const date = new Date(year ?? 0, (month ?? 1) - 1, day, hour, minute);
  // 31 February would be a day of March.
  const isThere =
    date.getMonth() + 1 === month && date.getDate() === day && (hour ?? 0) < 24 && (minute ?? 0) < 60;
  return isThere ? date : null;
}

/** The first moment a span lets through: of minutes and hours to the minute, of days from midnight on. */
export function since(text: string | undefined, now: number): Date | null {
  if (text === undefined) return null;
  const date = new Date(now);
  const [, length = '1', unit = 'd'] = span.exec(text) ?? [];
  if (unit === 'd') {
    date.setHours(0, 0, 0, 0);
    date.setDate(date.getDate() - Number(length) + 1);
  } else {
    date.setSeconds(0, 0);
    date.setMinutes(date.getMinutes() - Number(length) * (unit === 'h' ? 60 : 1));
  }
  return date;
}

/** The same for the backend. */
export function toFilter(search: EventSearch, now: number): EventFilter {
  const starts = [since(search.since, now), search.after === undefined ? null : dateOf(search.after)];
  const start = Math.max(...starts.map((date) => date?.getTime() ?? -Infinity));
  const before = search.before === undefined ? null : dateOf(search.before);
  return {
    sync: search.sync ?? null,
    run: search.run ?? null,
    key: search.key ?? null,
    ...(search.person === undefined ? {} : { about: search.person }),
    statuses: search.status ?? [],
    ...(search.error === undefined ? {} : { errors: search.error }),
    ...(search.cause === undefined ? {} : { cause: search.cause }),
    search: search.q ?? null,
    since: Number.isFinite(start) ? new Date(start).toISOString() : null,
    ...(before === null ? {} : { before: before.toISOString() }),
  };
}

/** Whether anything narrows the list. */
export const isFiltered = (search: EventSearch): boolean => Object.keys(search).some((name) => name !== 'by');

/** The part of the present a filter depends on: the day, or for spans of minutes and hours the minute. */
export function presentOf(search: EventSearch, now: number): string {
  const date = new Date(now);
  if (/[mh]$/.test(search.since ?? '')) date.setSeconds(0, 0);
  else date.setHours(0, 0, 0, 0);
  return date.toISOString();
}
