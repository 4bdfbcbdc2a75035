import { count } from '@/components/times';

/** Words of choosing rows. */
export const text = {
  search: 'Search tables',
  tables: 'Tables and views',
  of: (shown: number, all: number) => `${count(shown)} of ${count(all)}`,
  allSchemas: 'All schemas',
  schema: 'Schema',
  readList: 'Read the list again',
  statistics: 'Row counts come from the warehouse’s own statistics; listing tables reads no data.',
  noList: 'The tables could not be listed.',
  noTables: 'This login sees no tables',
  noTablesText: 'Grant it SELECT on the tables it may read, then read the list again.',
  noMatch: (search: string) => `No table or view matches “${search}”.`,
  kinds: {
    table: 'table',
    view: 'view',
    materialized_view: 'materialised view',
    foreign_table: 'foreign table',
  },
  choose: 'Choose a table or view on the left',
  chooseText: 'Its columns, identifiers and first rows appear here. Nothing is sent.',
  sql: 'One SELECT statement',
  sqlHelp:
    'Any SELECT the login may run. Your tables are only read. Names are offered as you type, and on Ctrl Space.',
  sqlExample: 'select lead_id, email, lead_score\nfrom analytics.lead_scores\nwhere lead_score > 40',
  completions: 'What can stand here',
  lookUp: (table: string) => `Read the first rows of ${table} for its columns`,
  place: (line: number, column: number, message: string) =>
    `Line ${String(line)}, column ${String(column)}: ${message}`,
  showPlace: 'Show the place',
  sqlEmpty: 'Write one SELECT, for example select lead_id, email from analytics.lead_scores.',
  sqlNoSelect: 'A statement that reads begins with SELECT or WITH.',
  read: 'Read rows',
  readAgain: 'Read again',
  statement: 'Your statement',
  dbt: {
    start: 'From a dbt project',
    startText:
      'Choose manifest.json in the project’s target folder, where dbt writes it. The file is only read, on this computer.',
    choose: 'Choose manifest.json…',
    other: 'Another project…',
    file: 'manifest.json of a dbt project',
    project: (name: string | null, written: string | null) =>
      `${name ?? 'dbt project'}${written === null ? '' : `, written ${written}`}`,
    readAgain: 'Read the manifest again',
    reading: 'Reading the manifest',
    models: 'Models',
    search: 'Search models',
    noMatch: (search: string) => `No model matches “${search}”.`,
    foot: 'What the project says of a model and its columns is shown beside the rows, and is not sent.',
    chooseModel: 'Choose a model on the left',
    noTable: (model: string) => `The login sees no table of “${model}”`,
    elsewhere: (database: string, own: string) =>
      `The project has it in the database ${database}; this connection reads ${own}. Choose the manifest of the run that builds into ${own}, or another connection.`,
    unseen: (table: string) =>
      `The project has it as ${table}. Run dbt, or grant the login SELECT on it, then read the list again. A manifest of somebody’s own run names that run’s schemas.`,
    about: (model: string, materialized: string) =>
      `dbt model ${model}, ${materialized.replaceAll('_', ' ')}`,
    noDescription: 'The project does not describe it.',
    columns: (n: number) => (n === 1 ? '1 described column' : `${count(n)} described columns`),
    describedColumns: 'Described columns',
    key: (columns: string) => `Its tests say that ${columns} tells rows apart.`,
    unique: 'unique',
    notNull: 'never null',
    accepted: (values: string) => `one of ${values}`,
    together: (columns: string) => `${columns} unique together`,
  },
  who: 'Who is it?',
  found: (n: number) => `${String(n)} of 3 identifiers`,
  none: 'No identifier yet',
  oneNeeded: 'At least one is needed. Upper and lower case do not matter.',
  sayWhich: 'Say which column plays the part of one of them, for example contact_mail for email.',
  column: (name: string, empty: string) => `${name}, ${empty}`,
  use: 'Use a column',
  useFor: (identifier: string) => `Column for ${identifier}`,
  notUsed: 'None',
  empty: (share: number) => (share === 0 ? 'never empty' : `${percent(share)} empty`),
  rowKey: 'Row key',
  addColumn: 'Add a column',
  remove: 'Remove',
  checking: 'Checking all rows for duplicates and nulls',
  keyGood: (rows: string) => `No duplicates and no nulls in ${rows}`,
  keyBad: (duplicates: string, nulls: string, rows: string) =>
    `${duplicates} and ${nulls} in ${rows}. Those rows would not be sent.`,
  keyUnknown: 'The key could not be checked.',
  preview: 'Preview',
  previewDetail: (rows: string, at: string, took: string) => `first ${rows}, read ${at} in ${took}`,
  masked: 'Personal data masked',
  noRows:
    'There are no rows yet, so there is nothing to preview. Set the sync up all the same: it sends nothing until there are rows.',
  noRowsYet: 'no rows yet',
  keyNeeded: 'The column that names each row, for example lead_id.',
  keyNoRows: 'There are no rows to check yet',
  personal: 'personal',
  columns: 'columns',
};

/** `1.9%`, `22%`, `0%`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return 'under 0.1%';
  return `${value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value))}%`;
}
