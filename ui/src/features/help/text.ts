export interface ScreenHelp {
  title: string;
  /** At most six. */
  lines: readonly string[];
  /** The section of docs/tour.md that shows it. */
  tour?: string;
}

const steps = 'From rows to a running sync';
const places = 'The other places';

const wizard = {
  warehouse: {
    title: 'Warehouse',
    lines: [
      'Choose where the rows are: a connection you have, or a new one.',
      'Sluice only reads there. A login that can only read is enough, and safer.',
      'Below a kind stands what you need before you begin, with a script to hand to an administrator.',
      'No account at hand? The sample has rows on this computer and needs no network.',
    ],
    tour: steps,
  },
  connection: {
    title: 'Connection',
    lines: [
      'Paste one thing, such as an address, a key file or a link, and the fields fill.',
      'Secrets go into this computer’s keychain and are never shown again.',
      'The test goes step by step. Where a step fails it says what is safe and what to do.',
      'You can go back without losing what you typed.',
    ],
    tour: steps,
  },
  table: {
    title: 'Table',
    lines: [
      'Choose a table or view, or write one SELECT of your own.',
      'The row key tells rows apart: it is checked for empty and double values over all rows.',
      'Identifiers tell the destination who a row is about; a row without any is not sent.',
      'Personal data is masked until you ask to see it.',
    ],
    tour: steps,
  },
  payload: {
    title: 'Payload',
    lines: [
      'Tick the columns to send, and rename their keys in place; a dot in a key nests it.',
      'The JSON on the right is, byte for byte, what is sent for that row.',
      'A click on a column shows its rules: what an empty value does, and whether it is masked or hashed.',
      'Shift with a click or the arrows chooses several rows, to send, leave out, hash or mask them together.',
      'Constants and templates add keys that no column has.',
      'Every change can be undone, one by one.',
    ],
    tour: steps,
  },
  schedule: {
    title: 'Schedule',
    lines: [
      'Choose when the sync runs; the next five runs are listed, in the time zone you name.',
      'It runs with the window closed, as long as Sluice is in the tray.',
      'A run missed while the computer slept is listed, and caught up once.',
      'By hand means: only when you press Sync now.',
    ],
    tour: steps,
  },
  destination: {
    title: 'Destination',
    lines: [
      'Choose where the records go, and for records which object they become.',
      'Its fields are read from your own account; what it would refuse is shown before anything is sent.',
      'The mode says what may happen there: only update, only create, both, or remove as well.',
      'The match field finds the record a row belongs to.',
    ],
    tour: steps,
  },
  review: {
    title: 'Review',
    lines: [
      'This is what the first run would do; nothing is sent yet.',
      'Where the destination can be read, its value now stands beside the one that would be sent.',
      'One record can be sent as a test. It is a run like any other.',
      'Fields that would be emptied are listed, so that no swapped column goes unseen.',
    ],
    tour: steps,
  },
} satisfies Record<string, ScreenHelp>;

export const wizardScreens: readonly string[] = Object.keys(wizard);

/** What the help says on each screen, by the name in its head. */
export const screens: Record<string, ScreenHelp> = {
  ...wizard,
  home: {
    title: 'Home',
    lines: [
      'Each sync with its state, its last run, and the next one.',
      'What needs you is on top, with the one thing to do about it.',
      'Sync now runs a sync at once; only rows that changed since the last delivery are sent.',
      'Pausing all schedules stops runs from starting; a run that goes on is not stopped.',
    ],
    tour: places,
  },
  sync: {
    title: 'A sync',
    lines: [
      'Runs lists each run with what it read, sent, delivered and rejected; open one to see more.',
      'Rejected records are kept with their reason and sent again on the next run.',
      'Mapping shows what is sent. Edit it any time; what would be sent again is said first.',
      'Brakes hold a run that would change more than usual until you have looked.',
      'A run can be undone: a field goes back only where nobody changed it since.',
    ],
    tour: steps,
  },
  held: {
    title: 'A held run',
    lines: [
      'Nothing of this run was sent: it waits for you to send or to drop it.',
      'On top stands why it is held. Below is every record, by what would become of it.',
      'The value in the destination now stands beside the one that would be sent.',
      'What you approve is what you looked at; a record that somebody changes meanwhile is left alone.',
    ],
    tour: places,
  },
  events: {
    title: 'Live events',
    lines: [
      'Every record that was sent, with the exact request and the answer for this very record.',
      'While Follow is on, new events come on top; scrolling stops it.',
      'Filters are chosen, or typed beside words: status:rejected error:rate_limited since:1h. By cause groups what went wrong.',
      'A click on an event opens what was sent, the answer, and each attempt.',
      'A rejected record can be corrected and sent again, or discarded.',
      'Personal data is masked; it is shown for one event at a time.',
    ],
    tour: steps,
  },
  people: {
    title: 'People',
    lines: [
      'Everything that was ever sent to one person, over all syncs.',
      'Search by an address or id as it stands in the rows.',
      'As last sent shows the newest value of each field; the time line below shows every change.',
    ],
  },
  connections: {
    title: 'Connections',
    lines: [
      'Saved warehouses and destinations, and which syncs use them.',
      'Click one to change its settings, enter a secret again, or test it.',
      'Secrets are in the keychain: they can be replaced here, and never read.',
      'A connection that a sync uses can not be deleted.',
    ],
    tour: places,
  },
  settings: {
    title: 'Settings',
    lines: [
      'What closing the window means, whether Sluice starts with the computer, and what it tells you of.',
      'How long events are kept; older ones are forgotten, and so is the way to undo their runs.',
      'The data folder holds all that Sluice knows, except secrets.',
      'Support details tell a supporter versions, kinds, counts and error codes, and nothing of what is yours.',
    ],
    tour: places,
  },
};

export const text = {
  title: (screen: string | undefined) => (screen ? `Help: ${screen}` : 'Help'),
  close: 'Close',
  lines: 'About this screen',
  keys: 'Keys',
  or: 'or',
  takeTour: 'Take the tour',
  tour: (section: string) => `Pictures of it are in Sluice’s documentation: Tour, “${section}”.`,
  support: {
    open: 'Support details…',
    title: 'Support details',
    reading: 'Gathering…',
    isIn: 'In it: versions, sizes and settings of Sluice; kinds, counts, schedules and times of connections, syncs and their last 20 runs; error codes.',
    isNot:
      'Not in it: names, addresses, accounts, columns, values, secrets, and the words of errors. Nothing is sent anywhere: you copy it, or save it.',
    copy: 'Copy',
    copied: 'Support details copied',
    save: 'Save to a file…',
    saved: 'Support details saved',
    close: 'Close',
  },
  error: {
    reading: 'Reading…',
    meaning: 'What happened',
    safe: 'What is safe',
    cause: 'What mostly leads to it',
    hint: 'What to do',
    again: 'When it is tried again',
    code: (code: string, kind: string) => `${code} · ${kind} · also in docs/errors.md`,
    unknown: (code: string) =>
      `Sluice has no page for ${code}. What the message says is all there is to know.`,
  },
};
