import { expect, test } from 'vitest';
import { jsonLines } from './json-lines';

const laidOut = (json: string) =>
  jsonLines(json)
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');

test('lays a payload out as the program does', () => {
  const value = {
    type: 'identify',
    traits: { name: 'Ana "A" {Ruiz}', tags: ['a', 1], none: {}, empty: [], ok: true, gone: null },
  };
  expect(laidOut(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
});

test('keeps numbers no computer could hold, digit by digit', () => {
  expect(laidOut('{"id":12345678901234567890123,"rate":0.1000}')).toBe(
    '{\n  "id": 12345678901234567890123,\n  "rate": 0.1000\n}',
  );
});
