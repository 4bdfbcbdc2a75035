import { expect, test } from 'vitest';
import { leadScores } from '@/test/fake/source';
import { addConstant, rename, tick, tickMany } from './actions';
import { redo, shaping, undo } from './edits';
import { type Payload, defaultKey, noPayload, payloadOf, toFields, withColumns } from './model';
import { gridRows } from './rows';

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
  });
  expect(toFields(state.payload, identifiers).at(-1)).toEqual({
    value: { type: 'constant', constant: 'warehouse' },
    key: 'origin',
    null: 'send',
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
  const fields = [
    { value: { type: 'column' as const, column: 'email' }, key: 'email', null: 'send' as const },
    { value: { type: 'constant' as const, constant: 1 }, key: 'n', null: 'send' as const },
  ];
  expect(
    toFields(withColumns(payloadOf({ type: 'identify' }, fields), leadScores.columns), identifiers),
  ).toEqual(fields);
});

test('a name with a dot stays one key', () => {
  expect(defaultKey('price.eur')).toBe('price\\.eur');
  expect(defaultKey('LEAD_SCORE')).toBe('lead_score');
});
