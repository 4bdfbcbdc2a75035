import type { Field } from '@/api/bindings/Field';
import { expect, test } from 'vitest';
import { leadScores } from '@/test/fake/source';
import {
  addConstant,
  nameAll,
  rename,
  reset,
  setDisguise,
  setOnlyIfEmpty,
  tick,
  tickMany,
  withoutOnlyIfEmpty,
} from './actions';
import { redo, shaping, undo } from './edits';
import { type Payload, defaultKey, noPayload, payloadOf, toFields, withColumns } from './model';
import { gridRows } from './rows';
import { readTemplate } from './template';

const identifiers = { user_id: 'user_id', email: 'email' };
const first = withColumns(noPayload, leadScores.columns);
const line = (payload: Payload, id: string) => {
  const found = payload.lines.find((item) => item.id === id);
  if (!found) throw new Error(`no line ${id}`);
  return found;
};
const keys = (payload: Payload) => toFields(payload, identifiers).map(({ key }) => key);

test('at first every column goes out under its own name, identifiers by the part they play', () => {
  expect(keys(first)).toContain('lead_score');
  expect(keys(first)).not.toContain('email');
  expect(keys(first)).toHaveLength(leadScores.columns.length - 2);
});

test('what is excluded, renamed and added is what is sent, and undo takes each step back', () => {
  let state = shaping(first);
  state = tick(state, line(state.payload, 'phone'), false);
  state = rename(state, line(state.payload, 'company'), 'company.name');
  state = addConstant(state, 'origin', 'warehouse');
  expect(keys(state.payload)).not.toContain('phone');
  expect(toFields(state.payload, identifiers)).toContainEqual({
    value: { type: 'column', column: 'company' },
    key: 'company.name',
    null: 'send',
    hash: null,
    mask: false,
    only_if_empty: false,
  });
  expect(toFields(state.payload, identifiers).at(-1)).toEqual({
    value: { type: 'constant', constant: 'warehouse' },
    key: 'origin',
    null: 'send',
    hash: null,
    mask: false,
    only_if_empty: false,
  });
  const done = state.payload;
  state = undo(undo(undo(state)));
  expect(state.payload).toEqual(first);
  expect(redo(redo(redo(state))).payload).toEqual(done);
});

test('select none on a filtered list leaves the rest alone and is one step', () => {
  const shown = new Set(['address_city', 'address_country']);
  const state = tickMany(shaping(first), shown, false, 'address');
  expect(keys(state.payload)).toHaveLength(keys(first).length - 2);
  expect(undo(state).payload).toEqual(first);
});

test('a column that comes later is left out; one that goes while ticked is pointed at', () => {
  const known = leadScores.columns.slice(0, 6);
  const shaped = withColumns(noPayload, known);
  expect(keys(withColumns(shaped, leadScores.columns))).toEqual(keys(shaped));
  const fewer = known.filter(({ name }) => name !== 'score_grade');
  const rows = gridRows({
    payload: withColumns(shaped, fewer),
    columns: fewer,
    identifiers,
    search: '',
    problems: {},
  });
  const gone = rows.find(({ id }) => id === 'score_grade');
  expect(gone?.kind === 'line' && gone.problem).toMatch(/not in the rows any more/);
});

test('a saved sync comes back field by field, identifiers among them too', () => {
  const plain = { null: 'send' as const, hash: null, mask: false, only_if_empty: false };
  const fields: Field[] = [
    { ...plain, value: { type: 'column', column: 'email' }, key: 'email' },
    { ...plain, value: { type: 'column', column: 'email' }, key: 'email_sha256', hash: 'email' },
    { ...plain, value: { type: 'column', column: 'phone' }, key: 'phone', mask: true },
    { ...plain, value: { type: 'template', template: '{company} ({industry})' }, key: 'label' },
    { ...plain, value: { type: 'constant', constant: 1 }, key: 'n' },
  ];
  expect(
    toFields(withColumns(payloadOf({ type: 'identify' }, fields), leadScores.columns), identifiers),
  ).toEqual(fields);
});

test('a name with a dot stays one key', () => {
  expect(defaultKey('price.eur')).toBe('price\\.eur');
  expect(defaultKey('LEAD_SCORE')).toBe('lead_score');
});

test('a template names its columns, and says what is wrong with it', () => {
  const read = (template: string) => readTemplate(template, ['first_name', 'LAST_NAME']);
  expect(read('{first_name} { last_name }')).toEqual({ columns: ['first_name', 'last_name'] });
  expect(read('{{{first_name}}}')).toEqual({ columns: ['first_name'] });
  for (const bad of ['', 'no column', '{}', '{{first_name}}', '{first_name', 'first_name}', '{gone}'])
    expect(read(bad), bad).toHaveProperty('error');
});

test('a hash and the same again is one edit to undo, and a reset takes it back', () => {
  const phone = new Set(['phone']);
  const hashed = setDisguise(shaping(first), phone, 'phone');
  expect(toFields(hashed.payload, identifiers)).toContainEqual(
    expect.objectContaining({ key: 'phone', hash: 'phone' }),
  );
  expect(setDisguise(hashed, phone, 'phone')).toBe(hashed);
  expect(undo(hashed).payload).toEqual(first);
  expect(line(reset(hashed).payload, 'phone')).not.toHaveProperty('hash');
  const masked = setDisguise(hashed, phone, 'mask');
  expect(masked.past.at(-1)?.label).toBe('phone: masked');
  expect(toFields(masked.payload, identifiers)).toContainEqual(
    expect.objectContaining({ key: 'phone', hash: null, mask: true }),
  );
});

test('many are hashed in one step, but not what is left out or the same for every row', () => {
  let state = tick(shaping(first), line(first, 'company'), false);
  state = addConstant(state, 'origin', 'warehouse');
  const before = state.payload;
  const constant = before.lines.at(-1)?.id ?? '';
  state = setDisguise(state, new Set(['phone', 'full_name', 'company', constant]), 'text', 'o');
  const hashed = (payload: Payload) =>
    toFields(payload, identifiers).flatMap(({ key, hash }) => (hash ? [key] : []));
  expect(hashed(state.payload).sort()).toEqual(['full_name', 'phone']);
  expect(line(state.payload, 'company')).not.toHaveProperty('hash');
  expect(state.past.at(-1)?.label).toBe('2 matching “o”: hashed');
  expect(undo(state).payload).toEqual(before);
});

test('only a record leaves what is there, and only where the destination can be read', () => {
  const record = { ...shaping(first), payload: { ...first, shape: 'record' as const } };
  const only = setOnlyIfEmpty(record, line(first, 'phone'), true);
  const marked = (payload: Payload) =>
    toFields(payload, identifiers).flatMap(({ key, only_if_empty }) => (only_if_empty ? [key] : []));
  expect(marked(only.payload)).toEqual(['phone']);
  expect(marked({ ...only.payload, shape: 'identify' })).toEqual([]);
  expect(marked(withoutOnlyIfEmpty(only).payload)).toEqual([]);
  expect(undo(only).payload).toEqual(record.payload);
});

test('who is known by the e-mail alone is seen to have it as the user id', () => {
  const paths = (ids: Record<string, string>) =>
    gridRows({
      payload: first,
      columns: leadScores.columns,
      identifiers: ids,
      search: '',
      problems: {},
    }).flatMap((row) => (row.kind === 'identifier' ? [row.path] : []));
  expect(paths({ email: 'email' })).toEqual(['userId', 'traits.email']);
  expect([...paths(identifiers)].sort()).toEqual(['traits.email', 'userId']);
  expect(paths({ email: 'email', anonymous_id: 'lead_id' })).not.toContain('userId');
});

test('a column that is called as something every object has is a column like any other', () => {
  const odd = ['constructor', '__proto__', 'toString'];
  const columns = odd.map((name) => ({
    ...(leadScores.columns[0] as (typeof leadScores.columns)[number]),
    name,
  }));
  const fields = odd.map((column) => ({
    value: { type: 'column' as const, column },
    key: column,
    null: 'send' as const,
    hash: null,
    mask: false,
    only_if_empty: false,
  }));
  const payload = payloadOf({ type: 'record', object: 'leads', match_field: 'email' }, fields);
  const rows = gridRows({ payload, columns, identifiers: {}, search: '', problems: {} });
  expect(rows.flatMap((row) => (row.kind === 'line' ? [row.problem] : []))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const named = nameAll(shaping(payload), { toString: 'Rating' });
  expect(named.payload.lines.map(({ key }) => key)).toEqual(['constructor', '__proto__', 'Rating']);
});
