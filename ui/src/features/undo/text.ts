import type { Will } from '@/api/bindings/Will';
import { count, counted } from '@/components/times';

const records = (n: number) => counted(n, 'record', 'records');

export const text = {
  title: (when: string) =>
    `Undo the run of ${when.replace(/^(Today|Yesterday) /, (day) => `${day.trim().toLowerCase()}, `)}?`,
  one: 'Undo this record?',
  about: (sync: string, to: string, n: number) =>
    `${sync} to ${to}. ${records(n)}, compared with ${to} just now.`,
  looking: (to: string, n: number | undefined) =>
    `Comparing ${n === undefined ? 'records' : records(n)} with ${to}`,
  lookingLong: (to: string) =>
    `Each record is looked at in ${to}, which with thousands of records takes some minutes. Nothing is changed before you say so.`,
  putBack: {
    lead: (n: number) => (n === 1 ? 'gets its values back' : 'get their values back'),
    rest: 'as they were before the run',
    note: (values: number, fields: number) =>
      `${counted(values, 'value', 'values')} in ${counted(fields, 'field', 'fields')}, from the copies kept on this computer`,
  },
  createAgain: {
    lead: 'created again',
    rest: ', which the run deleted',
    note: 'With the values they had; the destination gives them new ids',
  },
  delete: {
    lead: 'created by the run',
    rest: { yes: ', deleted', no: ', kept' },
    note: 'Nobody has changed them since',
    choice: 'What happens to them',
    keep: 'Keep them',
    go: 'Delete them',
  },
  leaveAlone: {
    lead: 'left alone',
    rest: '',
    note: 'What stands there now is not touched',
    why: (n: number, reason: string) => `${count(n)}: ${reason}`,
    reasons: 'Why they are left alone',
    others: (n: number) => `${count(n)}: other reasons, each told with its records`,
    show: (n: number) => `Show ${count(n)}`,
    hide: 'Hide them',
    table: 'Records that are left alone',
    columns: {
      key: 'Record',
      who: 'Person',
      field: 'Field',
      wrote: 'The run wrote',
      now: 'Now',
      why: 'Why it stays',
    },
    more: (n: number) => `${count(n)} more`,
  },
  nothing: {
    lead: 'as before the run',
    rest: ', nothing to do',
    note: 'Nothing of them differs from before',
  },
  records: {
    title: 'Record by record',
    undone: (n: number, all: number) =>
      n === 0
        ? 'None of them is undone'
        : `${n === all ? 'All' : `${count(n)} of ${count(all)}`} are undone. Tick records to undo only those`,
    short: 'Show less',
    long: (n: number) => (n === 1 ? 'Show 1 more field' : `Show ${count(n)} more fields`),
    picked: (n: number) => `Only ${records(n)} you picked`,
    search: 'Find a record by key or value',
    looking: 'Looking for records',
    none: 'No record of the run is like that.',
    more: (n: number) => `${count(n)} more: search to find one of them`,
    columns: { only: 'Only this', key: 'Record', who: 'Person', will: 'What happens', values: 'Values' },
    only: (key: string) => `Undo only ${key}`,
    kept: 'Kept',
    wills: {
      put_back: 'Put back',
      create_again: 'Created again',
      delete: 'Deleted',
      nothing: 'Nothing to do',
      leave_alone: 'Left alone',
    } satisfies Record<Will, string>,
  },
  earlier: {
    some: (when: string) =>
      `Before it, this record was last sent ${when}. Sending that once more makes its values the newest again.`,
    none: 'Nothing that is kept was sent for this record before.',
    go: 'Send the earlier values once more…',
  },
  waiting: (n: number) =>
    `${records(n)} of the run still ${n === 1 ? 'waits' : 'wait'} to be sent, and will not go out by ${n === 1 ? 'itself' : 'themselves'}.`,
  none: 'There is nothing to put back.',
  pause: (sync: string) => `Pause ${sync} until I resume it`,
  pauseWhy: 'or its next run sends the same values again',
  again: 'The next run sends the same values again, unless rows or mapping change before.',
  undoable: 'This undo can be undone.',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  events: 'Show what was sent',
  go: (n: number) => `Undo ${records(n)}`,
  goUnknown: 'Undo',
  started: (n: number) => `Undoing ${records(n)}`,
  paused: (sync: string) => `${sync} is paused`,
};
