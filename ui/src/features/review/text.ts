import { listed } from '@/components/listed';
import { count, sharePercent } from '@/components/times';

/** `0.4% of today’s quota`, `5% …`. */
export const quotaShare = (share: number): string => `${sharePercent(share)} of today’s quota`;

/** Words of the review. */
export const text = {
  groups: {
    added: 'New',
    changed: 'Changed',
    unchanged: 'Unchanged',
    refused: 'Would be refused',
    invalid: 'Can not be sent',
    removed: 'Gone',
  },
  outcomes: {
    create: 'Create',
    update: 'Update',
    same: 'Same',
    remove: 'Removed',
    fail: 'Would fail',
  },
  outcome: 'Becomes',
  groupLabel: 'What would be sent',
  rowsRead: 'rows read',
  removedBeside: (n: string) => `and ${n} gone since the last run`,
  search: 'Find a key or value',
  masked: 'Masked',
  key: 'Key',
  change: 'What goes out',
  changes: 'Changes',
  row: 'Row',
  why: 'Why it would fail',
  whyHead: 'Why',
  firstOf: (shown: string, all: string) => `The first ${shown} of ${all}`,
  all: (n: string) => `All ${n}`,
  nothing: {
    added: 'No new rows.',
    changed: 'No changed rows.',
    unchanged: 'Rows that are as delivered are not listed: nothing would be sent for them.',
    refused: 'None of those compared would be refused.',
    invalid: 'Every row can be sent.',
    removed: 'No row has gone.',
  },
  emptied: {
    changed: (n: string, fields: string) => `${n} would have ${fields} emptied.`,
    changedWhy: 'The value is null now, and the field is sent as null.',
    added: (n: string, fields: string) => `${n} would be sent with ${fields} as null.`,
    addedWhy: 'Where the destination has a value already, it is emptied.',
    ofFirst: (n: string) => `Of the first ${n}: `,
    fields: (names: readonly string[]) =>
      names.length <= 3
        ? listed(names)
        : `${names.slice(0, 2).join(', ')} and ${count(names.length - 2)} more fields`,
    show: (n: string) => `Show ${n}`,
    showAll: 'Show all',
    other: 'Choose another rule',
  },
  told: {
    allSame: (compared: string, to: string) =>
      `Of the ${compared} compared, ${compared} ${compared === count(1) ? 'is' : 'are'} already so in ${to}: sending them changes nothing there.`,
    someSame: (same: string, compared: string, to: string) =>
      `Of the ${compared} compared, ${same} ${same === count(1) ? 'is' : 'are'} already so in ${to}.`,
    refused: (refused: string, compared: string) =>
      `${refused} of the ${compared} compared would be refused.`,
    refusedSafe: (others: boolean) =>
      others ? 'The others are sent; these are kept with their reason.' : 'They are kept with their reason.',
    show: (n: string) => `Show ${n}`,
  },
  onlyListed: (n: string) => `Only the first ${n} are listed and searched here.`,
  compareEvery: 'Compare every record',
  person: 'Person',
  noMatch: (search: string) => `Nothing here matches “${search}”.`,
  beforeAfter: (key: string) => `${key}, before and after`,
  field: 'Field',
  before: 'As last delivered',
  now: 'There now',
  becomes: {
    create: 'Not in the destination yet',
    update: 'Is in the destination already',
    same: 'Already so in the destination: sending it changes nothing',
    remove: 'Leaves the destination',
    fail: 'The destination would refuse it',
  },
  compared: 'Compared now',
  comparedWith: (records: string, parts: readonly string[]) => `${records}: ${parts.join(', ')}`,
  becoming: {
    create: (n: string) => `${n} to create`,
    update: (n: string) => `${n} to update`,
    same: (n: string) => `${n} already so`,
    remove: (n: string) => `${n} to remove`,
    fail: (n: string) => `${n} would be refused`,
  },
  after: 'After',
  newRecord: 'Never delivered before',
  same: 'same',
  leftAlone: 'left alone: it has a value there',
  previous: 'Previous record',
  next: 'Next record',
  cost: 'What the run needs',
  requests: 'Requests',
  requestsBy: (requests: number, by: readonly string[]) =>
    [count(requests), ...(by.length > 0 ? [`by ${by.join(' and ')}`] : [])].join(' '),
  quota: 'Daily quota',
  quotaShare,
  quotaShort: (left: string) => ` (only ${left} is left: the rest waits, and goes on by itself)`,
  time: 'Time',
  about: (time: string) => `About ${time}, by the last runs`,
  read: 'Read and compared',
  warehouse: 'In the warehouse',
  processed: (size: string, price: string) => `${size} processed, ${price}`,
  inSeconds: (rows: string, time: string) => `${rows} in ${time}`,
  records: 'Records to send',
  choose: 'Pick a record to see its fields.',
};
