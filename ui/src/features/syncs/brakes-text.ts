/** Words of the brakes. */
export const text = {
  about:
    'A run that would do more than this is held: nothing of it is sent until you have looked at it and said so.',
  names: {
    empty: 'The source is empty',
    shrunk: 'The source shrank by more than',
    removed: 'More records would be removed than',
    removed_records: 'More records would be removed than',
    emptied: 'A field would be emptied in more than',
    refused: 'The destination refuses more than',
    first_run: 'The first run',
  },
  help: {
    empty: 'No row can be used, and the last run had some.',
    shrunk: 'Rows that can be used, beside those of the last run.',
    removed: 'Of the records that were delivered.',
    removed_records: 'Whatever share of all records they are.',
    emptied: 'Of the records that were delivered before.',
    refused: 'Of the first 500 records, or all of the first 100. The rest then waits.',
    first_run: 'Everything would go out for the first time.',
  },
  limitOf: {
    shrunk: 'Share of rows that may be missing, in percent',
    removed: 'Share of records that may be removed, in percent',
    removed_records: 'Number of records that may be removed',
    emptied: 'Share of records in which a field may be emptied, in percent',
    refused: 'Share of records that may be refused, in percent',
  },
  records: 'records',
  example: (usual: number) => `For example ${String(usual)}`,
  wrong: {
    percent: 'A whole number from 0 to 100, for example 50',
    records: 'A whole number, for example 1000',
  },
  save: 'Save brakes',
  undo: 'Undo changes',
  saved: (name: string) => `The brakes of ${name} are saved`,
};
