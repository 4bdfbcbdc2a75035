import type { Field } from '@/api/bindings/Field';
import { expect, test } from 'vitest';
import { leadScores } from '@/test/fake/source';
import { addConstant, removeLine, rename, setDisguise, setRule, setShape, tick } from './actions';
import { type Change, changesOf, putBack } from './changes';
import { type Shaping, shaping, undo } from './edits';
import { type Payload, payloadOf, withColumns } from './model';

const identifiers = { user_id: 'user_id', email: 'email' };
const plain = { null: 'send' as const, hash: null, mask: false, only_if_empty: false };
const fields: Field[] = [
  { ...plain, value: { type: 'column', column: 'phone' }, key: 'phone', hash: 'phone' },
  { ...plain, value: { type: 'constant', constant: 'warehouse' }, key: 'origin' },
  { ...plain, value: { type: 'column', column: 'company' }, key: 'company' },
];
const saved = withColumns(payloadOf({ type: 'identify' }, fields), leadScores.columns);
const changes = ({ payload }: Shaping, before: Payload = saved) =>
  changesOf({ payload: before, identifiers }, { payload, identifiers });
const line = ({ payload }: Shaping, id: string) => {
  const found = payload.lines.find((one) => one.id === id);
  if (!found) throw new Error(`no line ${id}`);
  return found;
};
const told = (list: readonly Change[]) => list.map(({ name, saved: was, now }) => [name, was, now]);

test('as it was saved nothing is told, whatever columns are left out', () => {
  expect(changes(shaping(saved))).toEqual([]);
  const all = withColumns(payloadOf({ type: 'identify' }, null), leadScores.columns);
  expect(changes(shaping(all), all)).toEqual([]);
});

test('of each line only what is other is told, and what is gone comes last', () => {
  let state = shaping(saved);
  state = rename(state, line(state, 'phone'), 'tel');
  state = setDisguise(state, new Set(['phone']), null);
  state = setRule(state, line(state, 'company'), 'leave_out');
  state = tick(state, line(state, 'full_name'), true);
  state = removeLine(state, line(state, 'constant:1'));
  state = addConstant(state, 'team', 3);
  expect(told(changes(state))).toEqual([
    ['phone', 'phone, Hashed as phone, digits alone', 'tel, As it is'],
    ['company', 'if null: send null', 'if null: leave out'],
    ['full_name', 'not sent', 'full_name'],
    ['team', 'not sent', 'team'],
    ['origin', 'origin', 'not sent'],
  ]);
});

test('put back one by one, the payload is as it was saved; each can be undone', () => {
  let state = shaping(saved);
  state = removeLine(state, line(state, 'constant:1'));
  state = addConstant(state, 'team', 3);
  state = tick(state, line(state, 'full_name'), true);
  state = rename(state, line(state, 'company'), 'firm');
  state = setShape(state, 'track');
  const edited = state;
  for (let left = changes(state); left.length > 0; left = changes(state)) {
    state = putBack(state, saved, left[0] as Change);
    expect(changes(state)).toHaveLength(left.length - 1);
  }
  expect(state.payload).toEqual(saved);
  expect(undo(undo(undo(undo(undo(state))))).payload).toEqual(edited.payload);
});

test('another name of the event is a change of the payload as a whole', () => {
  const track = (event: string): Payload => ({ ...saved, shape: 'track', eventName: event });
  expect(told(changes(shaping(track('Rated')), track('Scored')))).toEqual([
    ['Send each row as', 'Track: Scored', 'Track: Rated'],
  ]);
});

test('a column that identified the person and is sent as a field now is told', () => {
  const payload = {
    ...saved,
    lines: saved.lines.map((one) => (one.id === 'email' ? { ...one, on: true } : one)),
  };
  const after = { payload, identifiers: { user_id: 'user_id' } };
  expect(told(changesOf({ payload: saved, identifiers }, after))).toEqual([['email', 'not sent', 'email']]);
});
