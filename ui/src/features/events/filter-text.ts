import type { ErrorPage } from '@/api/bindings/ErrorPage';
import { eventStatuses, eventWord } from '@/api/state-words';
import { type EventSearch, dateOf, isSpan } from './filter';
import { text as words } from './text';

/**
 * Filters as text: `status:rejected sync:"Lead scores" since:1h` and free words.
 *
 * A word with a name and a colon in front is a filter; anything else is looked for as it is, and so is what stands in
 * quotes. In quotes, `\"` is a quote.
 */
export const filterNames = [
  'status',
  'error',
  'sync',
  'run',
  'person',
  'key',
  'since',
  'after',
  'before',
  'cause',
] as const;
export type FilterName = (typeof filterNames)[number];

/** What values can be checked against and completed from; `null` while it is being read. */
export interface Known {
  syncs: readonly string[] | null;
  errors: readonly Pick<ErrorPage, 'code' | 'kind' | 'title'>[] | null;
  runs: readonly { run: number; sync: string; label: string }[];
  now: number;
}

/** A word of the text. */
export interface Token {
  from: number;
  to: number;
  /** In lower case; `null` of a free word. */
  name: string | null;
  value: string;
  /** Something stands behind it, or its quote is closed. */
  done: boolean;
}

export function tokensOf(text: string): Token[] {
  const pattern = /([A-Za-z]+):(?!\/\/)("(?:\\.|[^"\\])*"?|\S*)|"(?:\\.|[^"\\])*"?|\S+/g;
  return [...text.matchAll(pattern)].map((found) => {
    const [all, name, rest] = found;
    const raw = name === undefined ? all : (rest ?? '');
    const to = found.index + all.length;
    const closed = /^"(?:\\.|[^"\\])*"$/.test(raw);
    return {
      from: found.index,
      to,
      name: name === undefined ? null : name.toLowerCase(),
      value: raw.startsWith('"') ? raw.slice(1, closed ? -1 : undefined).replace(/\\(.)/g, '$1') : raw,
      done: to < text.length || (closed && name !== undefined),
    };
  });
}

type Read = { set: Partial<EventSearch> } | { problem: string };

export const isName = (name: string): name is FilterName => filterNames.some((one) => one === name);
const pad = (part: number) => String(part).padStart(2, '0');
const dayText = (at: Date) => `${String(at.getFullYear())}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
/** The day so many days before now. */
export const dayBefore = (now: number, days: number) => {
  const at = new Date(now);
  at.setDate(at.getDate() - days);
  return dayText(at);
};

/** Several values behind one name, each found by `find`. */
function listed<Value>(value: string, find: (one: string) => Value | undefined): Value[] | string {
  const found: Value[] = [];
  for (const one of value.split(',').filter((part) => part !== '')) {
    const known = find(one.toLowerCase());
    if (known === undefined) return one;
    if (!found.includes(known)) found.push(known);
  }
  return found;
}

const moment = (value: string, now: number): string | null => {
  const lower = value.toLowerCase();
  if (lower === 'today' || lower === 'yesterday') return dayBefore(now, lower === 'today' ? 0 : 1);
  const plain = value.toUpperCase().replace(' ', 'T');
  return dateOf(plain) ? plain : null;
};

function readValue(name: FilterName, value: string, known: Known): Read {
  const { problems } = words.typed;
  if (value === '') return { problem: problems.empty(name, words.typed.examples[name]) };
  switch (name) {
    case 'status': {
      const status = listed(value, (one) =>
        eventStatuses.find((status) => status === one || eventWord(status).toLowerCase() === one),
      );
      return typeof status === 'string'
        ? { problem: problems.status(status, eventStatuses) }
        : { set: { status } };
    }
    case 'error': {
      const error = listed(value, (one) =>
        known.errors === null
          ? one
          : known.errors.find(({ kind, code }) => kind === one || code.toLowerCase() === one)?.kind,
      );
      return typeof error === 'string' ? { problem: problems.error(error) } : { set: { error } };
    }
    case 'sync': {
      const lower = value.toLowerCase();
      const sync =
        known.syncs === null
          ? value
          : (known.syncs.find((one) => one === value) ??
            known.syncs.find((one) => one.toLowerCase() === lower));
      return sync === undefined ? { problem: problems.sync(value) } : { set: { sync } };
    }
    case 'run':
    case 'cause': {
      const number = /^#?(\d{1,15})$/.exec(value)?.[1];
      return number === undefined
        ? { problem: problems.number(name, value) }
        : { set: { [name]: Number(number) } };
    }
    case 'person':
    case 'key':
      return { set: { [name]: value } };
    case 'since': {
      const lower = value.toLowerCase();
      const weeks = /^(\d{1,3})w$/.exec(lower)?.[1];
      const span = weeks === undefined ? lower : `${String(Number(weeks) * 7)}d`;
      return isSpan(span) ? { set: { since: span } } : { problem: problems.since(value) };
    }
    case 'after':
    case 'before': {
      const at = moment(value, known.now);
      return at === null ? { problem: problems.date(name, value) } : { set: { [name]: at } };
    }
  }
}

/** Which filters leave the text: those that are done, all, those that end at a place, or none. */
export type Taking = 'done' | 'all' | 'none' | number;

export interface Reading {
  /** What the filters that leave the text say. */
  filters: Partial<EventSearch>;
  /** The text without them. */
  rest: string;
  /** Free words, to look for as they are. */
  words: string;
  /** What is not understood, in sentences. */
  problems: string[];
  /** Filters that are whole and still stand in the text. */
  pending: boolean;
}

/** Reads a text; words that are no filter and values that do not exist stay in it, and are told. */
export function readText(text: string, known: Known, taking: Taking = 'none'): Reading {
  const reading: Reading = { filters: {}, rest: '', words: '', problems: [], pending: false };
  const free: string[] = [];
  let kept = 0;
  for (const token of tokensOf(text)) {
    if (token.name === null) {
      if (token.value !== '') free.push(token.value);
      continue;
    }
    const done = token.done || taking === 'all';
    const read: Read = isName(token.name)
      ? readValue(token.name, token.value, known)
      : { problem: words.typed.problems.name(token.name, filterNames) };
    if ('problem' in read) {
      if (done) reading.problems.push(read.problem);
      continue;
    }
    const taken =
      typeof taking === 'number' ? token.to === taking : taking === 'done' ? done : taking === 'all';
    if (!taken) {
      reading.pending ||= done;
      continue;
    }
    reading.filters = merged(reading.filters, read.set);
    reading.rest += text.slice(kept, token.from);
    kept = token.to + (/\s/.test(text.charAt(token.to)) ? 1 : 0);
  }
  reading.rest += text.slice(kept);
  reading.words = free.join(' ');
  return reading;
}

const union = <Value>(one: Value[] | undefined, more: Value[]): Value[] => [
  ...new Set([...(one ?? []), ...more]),
];

/** Statuses and errors add up; of anything else the last one counts. */
export function merged<Search extends Partial<EventSearch>>(
  search: Search,
  set: Partial<EventSearch>,
): Search {
  return {
    ...search,
    ...set,
    ...(set.status ? { status: union(search.status, set.status) } : {}),
    ...(set.error ? { error: union(search.error, set.error) } : {}),
  };
}

/** A value as text: in quotes where it would be read as something else. */
export const quoted = (value: string): string =>
  /^[^\s",]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`;

/** One filter as text; `null` where it does not narrow the list. */
export function filterText(name: FilterName, search: EventSearch): string | null {
  const value = search[name];
  if (value === undefined) return null;
  return `${name}:${Array.isArray(value) ? value.join(',') : quoted(String(value))}`;
}

/** All filters as text, without the free words. */
export const toText = (search: EventSearch): string =>
  filterNames.flatMap((name) => filterText(name, search) ?? []).join(' ');

/** Free words as text: what would be read as something else stands in quotes. */
export function wordsText(q: string): string {
  const tokens = tokensOf(q);
  const plain = tokens.every(({ name }) => name === null) && !q.includes('"') && !/\s\s|^\s|\s$/.test(q);
  return plain ? q : `"${q.replace(/[\\"]/g, '\\$&')}"`;
}
