import { modeWords } from '../mode-words';

/** Words of what a record destination does with records. */
export const text = {
  title: 'What becomes of each record',
  object: 'Object',
  matchBy: 'Match by',
  matchHelp: 'How a record is found again. It has to be in the payload.',
  mode: 'What to do',
  modes: modeWords,
  modeHelp: {
    upsert: 'New rows are sent, changed rows are sent again, unchanged rows are not.',
    update: 'Rows without a record there are left out.',
    create: 'Records that exist are left alone.',
    mirror: 'As create and update, and rows that disappear are dealt with as well.',
    append: 'Changes of a row that was sent are not sent.',
    full: 'Nothing is compared; every row is sent every time.',
  },
  cursor: 'Read only rows beyond the last',
  cursorHelp: 'A column that grows with every new row, such as a time or a number.',
  noCursor: 'No, read every row',
  removed: 'Rows that disappear',
  removals: { nothing: 'Leave the record', clear: 'Empty the mapped fields', delete: 'Delete the record' },
  fields: 'Fields',
  fieldsHelp: (object: string) => `Which column fills which field of ${object}.`,
  required: 'Required',
  matchKey: 'Match key',
  readOnly: 'Read only',
  field: 'Field',
  type: 'Type there',
  from: 'Filled from',
  nothing: 'Not sent',
  suggested: (column: string) => `Suggested: ${column}`,
  accept: 'Accept',
  acceptAll: (n: number) => (n === 1 ? 'Accept 1 suggestion' : `Accept ${String(n)} suggestions`),
  unknown: (n: number, object: string) =>
    n === 1
      ? `1 key of the payload is no field of ${object}`
      : `${String(n)} keys of the payload are no fields of ${object}`,
  leaveOut: 'Leave them out',
  missing: (label: string) => `Required field open: ${label}`,
  missingMatch: (label: string) => `Fill ${label}: records are matched by it`,
  noObject: 'Choose the object the records belong to',
  noMatch: 'Choose the field a record is found again by',
};
