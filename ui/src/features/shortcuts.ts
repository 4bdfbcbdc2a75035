import { helpShortcut } from '@/components/help';
import { gridShortcuts } from '@/components/grid-keys';
import { type Shortcut, closing } from '@/components/shortcut';
import { wizardScreens } from './help/text';

/** The keys of the window. Screens take theirs from here, so that what the help tells is what they do. */
const known = <Name extends string>(list: Record<Name, Shortcut>) => list;

export const inWindow = known({
  palette: { keys: 'mod+k', does: 'Search or run anything' },
  newSync: { keys: 'mod+n', does: 'New sync' },
});

export const inEvents = known({
  search: { keys: '/', does: 'Go to the search' },
  next: { keys: 'j', also: ['↓'], does: 'Next event; with Shift, select up to it' },
  previous: { keys: 'k', also: ['↑'], does: 'Previous event; with Shift, select up to it' },
  pageDown: { keys: 'pagedown', does: 'A page down' },
  pageUp: { keys: 'pageup', does: 'A page up' },
  first: { keys: 'home', does: 'Newest event' },
  last: { keys: 'end', does: 'Last event that was loaded' },
  open: { keys: 'enter', does: 'Open the event' },
  select: { keys: 'space', does: 'Select it, or not' },
});

export const inFilters = known({
  next: { keys: '↓', does: 'Next filter or value to choose' },
  previous: { keys: '↑', does: 'The one before' },
  take: { keys: 'enter', does: 'Take the chosen one, or filter by what is typed' },
  edit: { keys: 'backspace', does: 'At the beginning: edit the last filter as text' },
});

export const inWizard = known({
  next: { keys: 'mod+enter', does: 'Go on with the main button' },
});

export const inSql = known({
  read: { keys: 'mod+shift+enter', does: 'Read the first rows of the SELECT' },
});

export const inPayload = known({
  rename: { keys: 'f2', also: ['enter'], does: 'Rename the key' },
  tick: { keys: 'space', does: 'Send the column, or not; all chosen rows where it is one of them' },
  extend: { keys: 'shift+↓', also: ['shift+↑'], does: 'Choose the rows up to the next one' },
  choose: { keys: 'shift+space', does: 'Choose the row as well, or no more' },
  chooseAll: { keys: 'mod+a', does: 'Choose all rows the search shows' },
  undo: { keys: 'mod+z', does: 'Undo the last change' },
  redo: { keys: 'mod+shift+z', also: ['mod+y'], does: 'Do it again' },
  previousRow: { keys: 'alt+←', does: 'Previous sample row' },
  nextRow: { keys: 'alt+→', does: 'Next sample row' },
});

export const inRename = known({
  keep: { keys: 'enter', does: 'Keep the name' },
  next: { keys: 'tab', does: 'Keep it, and rename the next key; with Shift, the one before' },
  cancel: { keys: 'esc', does: 'Leave it as it was' },
});

export interface ShortcutGroup {
  title: string;
  /** The screens that have it; none for all. */
  on?: readonly string[];
  shortcuts: readonly Shortcut[];
}

const mainScreens = ['home', 'sync', 'held', 'events', 'people', 'connections', 'settings'];

/** All keys, by where they count. */
export const shortcutGroups: readonly ShortcutGroup[] = [
  { title: 'In the list of events', on: ['events'], shortcuts: Object.values(inEvents) },
  { title: 'In the search of events', on: ['events'], shortcuts: Object.values(inFilters) },
  { title: 'In a SELECT', on: ['table'], shortcuts: Object.values(inSql) },
  { title: 'Payload', on: ['payload'], shortcuts: Object.values(inPayload) },
  { title: 'While renaming a key', on: ['payload'], shortcuts: Object.values(inRename) },
  {
    title: 'In a grid of rows',
    on: ['table', 'payload', 'destination', 'review', 'held'],
    shortcuts: Object.values(gridShortcuts),
  },
  { title: 'Steps', on: wizardScreens, shortcuts: Object.values(inWizard) },
  { title: 'From the main window', on: mainScreens, shortcuts: Object.values(inWindow) },
  { title: 'Everywhere', shortcuts: [helpShortcut, closing] },
];
