import { expect, test } from 'vitest';
import { parseConstant } from './constant';

test('a number keeps every digit that was typed, or is refused with the way to send it', () => {
  for (const [typed, value] of [
    ['12', 12],
    ['-0.50', -0.5],
    ['1e3', 1000],
    ['0', 0],
    ['9007199254740992', 9007199254740992],
    ['1e21', 1e21],
  ] as const)
    expect(parseConstant('number', typed), typed).toEqual({ value });
  for (const typed of ['9007199254740993', '0.12345678901234567890', '12345678901234567890', '1e999'])
    expect(parseConstant('number', typed), typed).toEqual({
      error: `${typed} has more digits than a number keeps. Choose Text to send all of them.`,
    });
  expect(parseConstant('number', '00501')).toEqual({
    error: 'A number has no zeros in front. Choose Text to send 00501 as it stands.',
  });
  expect(parseConstant('text', '9007199254740993')).toEqual({ value: '9007199254740993' });
});

test('the same holds for the numbers inside JSON, not for its texts', () => {
  expect(parseConstant('json', '{"id": [9007199254740993]}')).toEqual({
    error: '9007199254740993 has more digits than a number keeps. Put it in quotes: "9007199254740993".',
  });
  expect(parseConstant('json', '9007199254740993')).toHaveProperty('error');
  expect(parseConstant('json', '{"a\\"9007199254740993": "9007199254740993", "b": [1.50, -2e2]}')).toEqual({
    value: { 'a"9007199254740993': '9007199254740993', b: [1.5, -200] },
  });
});
