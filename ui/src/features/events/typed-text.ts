import { counted } from '@/components/times';

const listed = (names: readonly string[]) => names.join(', ');

/** The words of filters that are typed. */
export const typedText = {
  completions: 'Filters and values',
  enter: 'Press Enter to filter by what is typed.',
  names: {
    status: 'what became of it',
    error: 'what went wrong',
    sync: 'the sync it is of',
    run: 'the run, by its number',
    person: 'a person, by an exact e-mail or id',
    key: 'one record, by its exact key',
    since: 'not longer ago than this',
    after: 'from this day on',
    before: 'until this day begins',
    cause: 'one cause, by its number',
  },
  examples: {
    status: 'status:rejected',
    error: 'error:rate_limited',
    sync: 'sync:"Lead scores"',
    run: 'run:12',
    person: 'person:ann@example.com',
    key: 'key:L-20418',
    since: 'since:1h',
    after: 'after:2026-11-01',
    before: 'before:2026-11-01',
    cause: 'cause:3',
  },
  daysAgo: (days: number) =>
    days === 0 ? 'today' : days === 1 ? 'yesterday' : counted(days, 'day ago', 'days ago'),
  problems: {
    name: (name: string, names: readonly string[]) =>
      `“${name}:” is no filter. There are ${listed(names)}. To look for the words themselves, put them in quotes.`,
    empty: (name: string, example: string) => `“${name}:” has no value. An example: ${example}`,
    status: (value: string, known: readonly string[]) =>
      `“${value}” is no status. There are ${listed(known)}.`,
    error: (value: string) =>
      `There is no error “${value}”. Errors have names such as rate_limited, and codes such as SLU-2008.`,
    sync: (value: string) => `There is no sync “${value}”.`,
    number: (name: string, value: string) => `“${value}” is no number of a ${name}.`,
    since: (value: string) => `“${value}” is no span of time. Examples: 30m, 1h, today, 7d, 2w`,
    date: (name: string, value: string) =>
      `“${value}” is no day. Examples: ${name}:2026-11-01, ${name}:2026-11-01T14:30, ${name}:yesterday`,
  },
};
