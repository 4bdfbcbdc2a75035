import { modeWords } from '../mode-words';

/** What a sync does, in words. */
export const mappingText = {
  from: 'Rows from',
  to: 'Sent to',
  nowhere: 'No destination yet',
  key: 'Row key',
  mode: 'Mode',
  schedule: 'Schedule',
  identifiers: 'Identifiers',
  becomes: 'Each row becomes',
  modes: modeWords,
  removals: {
    nothing: 'removed rows are left alone',
    clear: 'mapped fields of removed rows are emptied',
    delete: 'records of removed rows are deleted',
  },
  identify: 'An identify event with traits',
  track: (name: string) => `A track event “${name}”`,
  trackColumn: (column: string) => `A track event named by ${column}`,
  record: (object: string, field: string) => `A record of ${object}, matched by ${field}`,
  everyColumn: 'Every column, under its own name',
  columns: { source: 'Column', key: 'Key in the payload', nulls: 'If null' },
  constant: 'constant',
  template: 'template',
  hashed: 'hashed',
  masked: 'masked',
  onlyIfEmpty: 'only if empty there',
  table: 'Mapping',
  nulls: { send: 'send null', leave_out: 'leave out', clear: 'clear the field' },
};
