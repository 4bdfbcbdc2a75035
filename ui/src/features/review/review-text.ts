import { listed } from '@/components/listed';
import type { MismatchKind } from '@/api/bindings/MismatchKind';
import type { Since } from '@/api/bindings/Since';
import { count, counted } from '@/components/times';
import { percent } from '@/components/when';
import { quotaShare } from './text';

const records = (n: number) => counted(n, 'record', 'records');

/** Where records are compared with: what stands in the destination, or what it was sent last. */
const withWhat = (to: string, reads: boolean) =>
  reads ? `what stands in ${to}` : `what was last delivered to ${to}`;

/** `1,000 requests, 0.4% of today’s quota`. */
const price = (requests: number, share: number | null) =>
  `${counted(requests, 'request', 'requests')}${share === null ? '' : `, ${quotaShare(share)}`}`;

const misfits: Record<MismatchKind, (n: string) => string> = {
  empty: (n) => `${n} empty, and it must not be`,
  not_in_list: (n) => `${n} not in its list`,
  other_type: (n) => `${n} of another type`,
  decimals: (n) => `${n} with decimals, and it takes whole numbers`,
  too_long: (n) => `${n} too long`,
  no_email: (n) => `${n} no e-mail address`,
  no_field: (n) => `The destination has no field with this name: ${n}`,
};

/** Words of a review of every record. */
export const reviewText = {
  compare: {
    ask: (n: number, rest: boolean, to: string, reads: boolean) =>
      `Compare ${rest ? `the other ${records(n)}` : n === 1 ? 'the 1 record' : `all ${records(n)}`} with ${withWhat(to, reads)}`,
    price,
    go: 'Compare all',
    goOn: 'Go on comparing',
    going: (to: string, reads: boolean) => `Comparing with ${withWhat(to, reads)}`,
    of: (done: number, all: number) => `${count(done)} of ${records(all)}`,
  },
  tabsLabel: 'What is looked at',
  tabs: { records: 'Records', fields: 'Fields' },
  all: 'All',
  invalid: 'Can not be sent',
  unlisted: (n: number) =>
    `${counted(n, 'row', 'rows')} ${n === 1 ? 'is as last sent and is' : 'are as last sent and are'} not listed`,
  nothing: 'No record here.',
  noMatch: 'No record matches.',
  reading: 'Reading the records',
  field: 'Field',
  anyField: 'any',
  noField: 'Show the records of every field',
  first: (shown: string) => `The first ${shown}`,
  export: 'Export…',
  exportDialog: {
    title: 'Export what would be sent',
    about: (n: number | null) =>
      `${n === null ? 'The records that match' : records(n)} ${n === 1 ? 'goes' : 'go'} to a file on this computer, a line for each field that would change.`,
    written: (n: number) => `${records(n)} written`,
  },
  blanked: {
    told: (fields: string) => `${fields} would be emptied.`,
    field: (path: string, n: number) => `${path} in ${records(n)}`,
    more: (n: number) => counted(n, 'more field', 'more fields'),
    look: 'Look at the fields',
    other: 'Choose another rule',
  },
  report: {
    label: 'Fields',
    columns: {
      field: 'Field',
      filled: 'Filled',
      changed: 'Would change',
      blanked: 'Emptied',
      left: 'Left alone',
      misfits: 'Would not be taken',
    },
    share: (part: number, of: number) => percent(part, of),
    to: 'to',
    last: (n: number, of: number) => `last time ${count(n)} of ${count(of)}`,
    show: (n: number, what: string, path: string) => `${count(n)}, ${what}: show records of ${path}`,
    misfit: (kind: MismatchKind, n: number) => misfits[kind](count(n)),
    such: 'such as',
    nothing: 'No field would be sent.',
    facts: {
      records: 'Records with it',
      before: 'Filled before',
      after: 'Filled after',
      changed: 'Would change',
      last: 'Last time',
      blanked: 'Would be emptied',
      left: 'Left alone, has a value there',
    },
    of: (n: number, all: number) => `${count(n)} of ${count(all)} (${percent(n, all)})`,
    top: 'Most frequent values',
    before: 'Before',
    after: 'After',
    fresh: 'New',
    records: (n: number) =>
      n === 1 ? 'Show the record that would change' : `Show the ${count(n)} that would change`,
  },
  since: {
    changed: (at: string) => `The warehouse has changed since this was read at ${at}`,
    what: ({ added, changed, gone }: Since) => {
      const one = (n: number) => (n === 1 ? 'record' : 'records');
      // The noun stands once, with the first number.
      const parts: [number, string][] = [
        [added, added === 1 ? 'is new' : 'are new'],
        [changed, 'would be sent otherwise'],
        [gone, 'would not be sent any more'],
      ];
      const told = parts
        .filter(([n]) => n > 0)
        .map(([n, words], at) => `${count(n)}${at === 0 ? ` ${one(n)}` : ''} ${words}`);
      return `${listed(told)}.`;
    },
    keys: 'Some of them',
    unlooked: 'Look again whether the warehouse has changed?',
    cost: (size: string, price: string) => `Reading again processes ${size}, ${price}. `,
    noCost: 'Reading again may cost something in this warehouse. ',
    failed: 'Whether the warehouse has changed could not be found out',
    exactly: 'What was looked at is sent exactly so, either way.',
    cancel: 'Cancel',
    again: 'Read again',
    check: 'Check first',
    send: 'Send what was looked at',
  },
};
