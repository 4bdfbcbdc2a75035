import { describe, expect, test } from 'vitest';
import { leadScores, tables } from '@/test/fake/source';
import { completionAt } from './sql-complete';
import { dialectOf, partsOf, written } from './sql-parts';
import { nearestTo } from './sql-missing';
import { placeOf } from './sql-place';

const kinds = ['postgres', 'redshift', 'snowflake', 'bigquery', 'sample', 'new_one'];
const parts = (sql: string, kind = 'postgres') =>
  partsOf(sql, dialectOf(kind)).flatMap(({ kind: what, text }) =>
    what === 'space' ? [] : [`${what} ${text}`],
  );

test.each(kinds)('every statement comes out of its pieces again, finished or not: %s', (kind) => {
  const pieces = [
    "'",
    '"',
    '`',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    '//',
    '#',
    '\\',
    '\n',
    ' ',
    'sel',
    '1.5e',
    '😀',
    'ß',
    ';',
    '.',
    "'''",
  ];
  let seed = 7;
  for (let round = 0; round < 2000; round += 1) {
    let sql = '';
    for (let count = 0; count < 12; count += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      sql += pieces[Math.floor(seed / 65536) % pieces.length] ?? '';
    }
    const found = partsOf(sql, dialectOf(kind));
    expect(found.map(({ text }) => text).join('')).toBe(sql);
    expect(found.every(({ text }) => text !== '')).toBe(true);
  }
});

test('what ends where depends on the warehouse', () => {
  expect(parts(`select 'it''s', "a""b" -- c;\n`)).toEqual([
    'word select',
    `string 'it''s'`,
    'punct ,',
    'quoted "a""b"',
    'comment -- c;',
  ]);
  expect(parts('$x$ ; $$ $x$, 1')).toEqual(['string $x$ ; $$ $x$', 'punct ,', 'number 1']);
  expect(parts('/* a /* b */ c */ 1')).toEqual(['comment /* a /* b */ c */', 'number 1']);
  expect(parts('"a;b" `c.d` # e', 'bigquery')).toEqual(['string "a;b"', 'quoted `c.d`', 'comment # e']);
  expect(parts("'a\\'b' // c", 'snowflake')).toEqual(["string 'a\\'b'", 'comment // c']);
});

test('names are quoted where the warehouse would read another one', () => {
  expect([written('id', dialectOf('postgres')), written('Id', dialectOf('postgres'))]).toEqual([
    'id',
    '"Id"',
  ]);
  expect([written('ID', dialectOf('snowflake')), written('id', dialectOf('snowflake'))]).toEqual([
    'ID',
    '"id"',
  ]);
  expect([written('order', dialectOf('bigquery')), written('a"b', dialectOf('sample'))]).toEqual([
    '`order`',
    '"a""b"',
  ]);
});

describe('the place of a problem', () => {
  const place = (sql: string, message: string, kind = 'postgres', problem = 'bad_query') => {
    const found = placeOf({ kind: problem, message }, sql, kind, dialectOf(kind));
    return found && [sql.slice(found.from, found.to), found.line, found.column];
  };
  test.each([
    [
      'select id\nfrom leads wher id > 1',
      'Expected: end, found: id at Line: 2, Column: 17.',
      'postgres',
      ['id', 2, 17],
    ],
    [
      "select '😀', emial\nfrom leads",
      'column does not exist (line 1, column 13).',
      'postgres',
      ['emial', 1, 13],
    ],
    ['select 1\nfrom x', 'error line 3 at position 5\ninvalid identifier X.', 'snowflake', ['x', 2, 6]],
    ['select 1\nfrom x', 'Unexpected at [3:6].', 'bigquery', ['x', 2, 6]],
    ['select 1 +', 'Something is missing (line 1, column 11).', 'redshift', ['+', 1, 11]],
    ['select 1', 'Nonsense (line 7, column 3).', 'postgres', null],
    ['select 1; delete from leads', 'The query has to be exactly one SELECT.', 'postgres', ['delete', 1, 11]],
    ['/* x */\ndrop table a', 'The query is not a SELECT, and Sluice only reads.', 'sample', ['drop', 2, 1]],
    ['with x as (delete from a returning *) select * from x', 'Not a SELECT.', 'postgres', ['delete', 1, 12]],
    ['select lead_id, emial from a', 'The query fails: no such column: emial.', 'sample', ['emial', 1, 17]],
    [
      'select *\nfrom sales.ownrs',
      'The warehouse says: relation "sales.ownrs" does not exist.',
      'postgres',
      ['ownrs', 2, 12],
    ],
    ['select emial, emial from a', 'no such column: emial.', 'sample', null],
    ['select 1', 'The query needs more than BigQuery gives one query.', 'bigquery', null],
  ] as const)('%s', (sql, message, kind, expected) => {
    expect(place(sql, message, kind)).toEqual(expected);
  });
  test('is told for what is wrong with the statement only', () => {
    expect(place('drop table a', 'The server is away.', 'postgres', 'unreachable')).toBeNull();
    expect(
      place('select * from nowhere', 'No table (line 1, column 15).', 'postgres', 'missing_object'),
    ).toEqual(['nowhere', 1, 15]);
  });
});

describe('what is offered', () => {
  const looked: string[] = [];
  const known = {
    tables,
    columnsOf: ({ name }: { name: string }) => (name === 'lead_scores' ? leadScores.columns : undefined),
    look: ({ name }: { name: string }) => void looked.push(name),
  };
  /** `|` is where the caret stands. */
  const offered = (sql: string, asked = false, kind = 'postgres') => {
    const caret = sql.indexOf('|');
    return completionAt(sql.replace('|', ''), caret, asked, known, dialectOf(kind))?.options ?? [];
  };
  const labels = (sql: string, asked = false) => offered(sql, asked).map(({ label }) => label);

  test('tables where a table belongs', () => {
    expect(labels('select * from lead_o|')).toEqual(['sales.lead_owners']);
    expect(labels('select * from marketing.fea|')).toEqual(['feature_store']);
    expect(labels('select * from marketing.lead_scores a, staging|')).toEqual([
      'staging.stg_leads_raw',
      'staging.daily_totals',
    ]);
    expect(labels('with best as (select 1) select * from bes|')).toEqual(['best']);
  });
  test('columns of the tables the statement reads, those written behind it too', () => {
    expect(labels('select lead_s| from marketing.lead_scores')).toEqual(['lead_score']);
    expect(labels('select l.utm| from marketing.lead_scores as l')).toEqual(['utm_source']);
    expect(labels('select 1 from marketing.lead_scores where sco|')[0]).toBe('score_grade');
  });
  test('a look at a table nobody looked at, and nothing without being asked', () => {
    const [look] = offered('select o.| from sales.lead_owners o');
    expect(look?.label).toBe('Read the first rows of sales.lead_owners for its columns');
    look?.run?.();
    expect(looked).toEqual(['lead_owners']);
  });
  test('nothing in text, in comments, in a name of one’s own, or once it is typed in full', () => {
    expect(labels("select 'lead|")).toEqual([]);
    expect(labels('select 1 -- from lead|')).toEqual([]);
    expect(labels('select 1 as lead| from marketing.lead_scores')).toEqual([]);
    expect(labels('sele|')).toEqual(['select']);
    expect(labels('select|')).toEqual([]);
    expect(labels('|')).toEqual([]);
  });
});

test('a name that the warehouse does not know is told the nearest one it has', () => {
  const known = {
    tables,
    columnsOf: ({ name }: { name: string }) => (name === 'lead_scores' ? leadScores.columns : undefined),
    look: () => undefined,
  };
  const near = (name: string) =>
    nearestTo(name, 'select 1 from marketing.lead_scores', known, dialectOf('sample'));
  expect(near('emial')).toBe('email');
  expect(near('LEAD_SCORESS')).toBe('lead_scores');
  expect(near('nothing_like_it')).toBeNull();
});
