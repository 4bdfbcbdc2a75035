import { listed } from '@/components/listed';
import { counted } from '@/components/times';

/** What is sent again: every row, in number where that is known. */
const everyRow = (rows: number | null, to: string) =>
  rows === null
    ? `every row is sent to ${to} as new.`
    : rows === 1
      ? `the 1 row is sent to ${to} as new.`
      : `all ${counted(rows, 'row', 'rows')} are sent to ${to} as new.`;

/** Words of the wizard's frame and of its steps' heads. */
export const text = {
  steps: 'Steps',
  newSync: 'New sync',
  draft: {
    missing: (what: string) => `Still to do: ${what}`,
    ready: 'Still to do: look at it and save it',
  },
  copyOf: (name: string) => `${name} copy`,
  saved: (time: string) => `Draft saved ${time}`,
  saving: 'Saving the draft',
  notSaved: 'The draft could not be saved',
  untouched: 'Saved after each change',
  /** While a saved sync is being changed. */
  live: {
    untouched: 'No changes yet',
    saved: (time: string) => `Not live yet, kept ${time}`,
    close: (changed: boolean) => (changed ? 'Keep changes and close' : 'Close'),
  },
  useSample: 'Use sample data instead',
  close: 'Save draft and close',
  back: 'Back',
  cancel: 'Cancel',
  next: 'Continue',
  warehouse: {
    title: 'Where are the rows?',
    text: 'Your tables are only read.',
    label: 'Warehouse',
    choose: 'Choose a connection or a kind of warehouse',
  },
  connection: {
    title: (kind: string) => `Connect to ${kind}`,
    text: (pastes: boolean) =>
      pastes
        ? 'Paste one thing and check what it filled in. Secrets go to this computer’s keychain, not into a file.'
        : 'Fill the fields and test them. Nothing here is secret.',
    readyText: 'Nothing to enter: it lives on this computer.',
    problem: (n: number) => (n === 1 ? '1 field needs you' : `${String(n)} fields need you`),
    noTest: 'Tables cannot be listed before the connection works',
    without: 'Continue without a test',
    test: 'Test connection',
    testAgain: 'Test again',
    none: 'Choose a warehouse first',
  },
  table: {
    title: 'Which rows?',
    text: 'Pick a table, a view or a dbt model, or write one SELECT. One row becomes one event or record.',
    mode: 'Source',
    modes: { table: 'Table or view', sql: 'SQL', dbt: 'dbt project' },
    noTable: 'Choose a table or view',
    noModel: 'Choose a model',
    noSql: 'Read the statement’s rows first',
    notRead: 'The first rows could not be read',
    noIdentifier: 'Say which column identifies the person',
    noKey: 'Choose the row key',
    reading: 'Reading the first rows',
    changeConnection: 'Change the connection',
    about: (rows: string) => `about ${rows}`,
    cost: (size: string, price: string) => `Each read processes ${size}, ${price}`,
    columns: (columns: string, rows: string | null) => (rows ? `${columns}, ${rows}` : columns),
  },
  payload: {
    title: 'Shape the payload',
    text: 'Tick what goes out and name it. The JSON beside it is what will be sent.',
    summary: (columns: number, constants: number) =>
      `${columns === 1 ? '1 column' : `${String(columns)} columns`}${constants === 0 ? '' : constants === 1 ? ', 1 constant' : `, ${String(constants)} constants`}`,
  },
  schedule: {
    title: 'When should it run?',
    text: 'Pick a rhythm. Sync now works at any time as well.',
    problem: 'The schedule is not complete',
    manual: 'Manual',
  },
  destination: {
    title: 'Where should it go?',
    text: 'Rows go straight from this computer to it. Nothing is sent before you have seen it.',
    records: (kind: string) => `${kind} takes records, so the payload’s keys become its fields.`,
    events: (kind: string) => `${kind} takes events: each row goes out in the shape you made.`,
    label: 'Destination',
    choose: 'Choose a destination, or decide later',
    target: 'Say what becomes of each record',
    later: 'Decide later',
    laterSummary: 'None yet',
    change: 'Change destination',
    loading: 'Reading the objects and fields',
  },
  /** What did not go along to another destination. */
  left: {
    title: 'Not everything goes along to this destination.',
    shapeIt: 'Shape the payload',
    toRecords: (kind: string) => `${kind} takes records: each row becomes one, and keys become its fields.`,
    toEvents: (kind: string) => `${kind} takes events: each row becomes one, and fields become its keys.`,
    identifiers: 'What identified the person goes out as fields.',
    event: (name: string) => `Records have no event name, so “${name}” is not sent.`,
    object: (object: string, matchField: string) =>
      `Events have no object and no match field, so ${object}${matchField ? ` and ${matchField}` : ''} stay behind.`,
    onlyIfEmpty: (n: number) =>
      n === 1
        ? '1 field that was filled only where it was empty is always sent.'
        : `${String(n)} fields that were filled only where they were empty are always sent.`,
  },
  review: {
    title: 'Before the first run',
    titleAgain: 'Before the next run',
    text: (at: string, took: string, first: boolean | null) =>
      `${first === null ? '' : first ? 'Nothing has been sent yet. ' : 'Nothing of this has been sent yet. '}Read and compared at ${at}, in ${took}.`,
    comparing: 'Reading the rows and comparing them with what was delivered. Nothing is sent.',
    again: 'Compare again',
    every: 'Compare every record',
    name: 'Name of the sync',
    nameHelp: 'For example Lead scores',
    nameMissing: 'Give the sync a name.',
    nameTaken: 'Another sync has this name already.',
    noDestination: 'This sync has no destination yet. It is kept, and runs once it has one.',
    unreadable: 'The comparison could not be made.',
    keep: 'Keep for later',
    save: 'Save sync',
    saved: (name: string) => `${name} is saved`,
    sync: (n: string) => `Sync ${n}`,
    syncAnyway: 'Sync anyway',
    nothing: 'Nothing to send now. Save it and it runs on its schedule.',
    cancel: 'Stop comparing',
    test: {
      send: 'Send 1 record as a test',
      title: 'Test with 1 record',
      going: 'Sending 1 record',
      counts: 'It counts as any other record: the run sends the rest.',
      close: 'Close the test',
      copied: (what: string) => `${what} copied`,
    },
  },
  /** What saving a changed sync leads to. */
  resent: {
    title: 'What saving this changes',
    short: {
      all: 'Everything is sent again',
      changed: 'Only records that become different are sent',
      nothing: 'Nothing is sent again',
    },
    destination: 'Other destination',
    warehouse: 'Other warehouse connection',
    shape: 'Other shape',
    object: 'Other object',
    matchField: 'Other match field',
    over: (causes: readonly string[], rows: number | null, to: string) =>
      `${listed(causes.map((cause, at) => (at === 0 ? cause : cause.toLowerCase())))}: ${everyRow(rows, to)}`,
    stays: (to: string) => `Nothing is removed in ${to}.`,
    without: 'Without a destination nothing is sent. Once there is one again, every row is sent as new.',
    sent: { different: 'only records that become different are sent', new: 'only new rows are sent' },
    rows: (type: 'table' | 'sql', sent: string) =>
      `Other ${type === 'table' ? 'table' : 'statement'}: its rows are found by their key, and ${sent}.`,
    gone: {
      delete: (to: string) => `Records whose rows are not there are deleted in ${to}.`,
      clear: (to: string) => `Records whose rows are not there are emptied in ${to}.`,
    },
    stay: 'Records whose rows are gone are left as they are.',
    key: (sent: string) => `Key changed: the next run finds rows by the old key once more, and ${sent}.`,
    keyGone: (columns: readonly string[], rows: number | null, to: string) =>
      `Key changed, and the rows have no ${listed(columns)} any more to find them by: ${everyRow(rows, to)}`,
    payload: (sent: string) => `Payload changed: ${sent}.`,
    mode: {
      upsert: 'Mode changed: nothing is sent again for it.',
      update: 'Mode changed: nothing is sent again for it.',
      create: 'Mode changed: changes of rows that were sent are not sent any more.',
      mirror: 'Mode changed: nothing is sent again for it.',
      append: 'Mode changed: changes of rows that were sent are not sent any more.',
      full: 'Mode changed: every run sends every row.',
    },
    cursor: 'Other cursor: the next run reads from the beginning, and sends no row that was sent.',
    held: 'The held run is dropped; the next run compares again.',
    what: { name: 'the name', schedule: 'the schedule', brakes: 'the brakes' },
    only: (what: readonly string[]) =>
      what.length === 0 ? 'Nothing was changed.' : `Only ${listed(what)} changed: nothing is sent again.`,
  },
};
