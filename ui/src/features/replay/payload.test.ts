import { expect, test } from 'vitest';
import { faultOf, fieldsNamed } from './payload';

test('a fault is told with its line, and what is wrong there', () => {
  const faults: [string, string | undefined][] = [
    ['{"a": 1, "b": ["x", null, -1.5e3, {}]}', undefined],
    ['', 'This is no JSON object, such as {"email": "ana@example.com"}.'],
    ['["a"]', 'This is no JSON object, such as {"email": "ana@example.com"}.'],
    ['{\n  "a": 1\n  "b": 2\n}', 'Line 3: a comma is missing before "b"'],
    ['{\n  "a" 1\n}', 'Line 2: a colon (:) is missing after the name'],
    ['{\n  "a": 1,\n}', 'Line 3: there is a comma too many before the end'],
    ['{"a": [1,]}', 'Line 1: there is a comma too many before the end'],
    ['{"a": }', 'Line 1: a value is missing here'],
    ['{"a": 1', 'Line 1: it is not finished: a } is missing at the end'],
    ['{"a": hot}', 'Line 1: this is no value: text stands in double quotation marks'],
    ['{a: 1}', 'Line 1: a name in double quotation marks is missing here, such as "email"'],
    ['{"a": 1} 2', 'Line 1: there is something behind the end: 2'],
    ['{"a": [1}', 'Line 1: } closes something that is not open'],
  ];
  for (const [payload, fault] of faults) expect(faultOf(payload), payload).toBe(fault);
  expect(faultOf('{"a": "hot\n}')).toMatch(/^Line 1: a text is not closed/);
});

test('what is told as a fault is what can not be parsed', () => {
  const texts = [
    '{"a":01}',
    '{"a":1.}',
    '{"a":"\\x"}',
    '{"a":tru}',
    '{"a":"\\u00e9"}',
    '{"a":1e5}',
    '{"a":-0}',
    '{,}',
  ];
  for (const one of texts) {
    let parses = true;
    try {
      JSON.parse(one);
    } catch {
      parses = false;
    }
    expect(faultOf(one) === undefined, one).toBe(parses);
  }
});

test('the field of a reason is found by its name or by what people call it, the quoted one first', () => {
  const labels = new Map([['Rating__c', 'Rating']]);
  const payload = '{"email":"a@example.com","Rating__c":"Blazing","traits":{"plan":"pro"}}';
  expect(fieldsNamed('“Blazing” is not a value of Rating.', payload, labels)).toEqual(['Rating__c']);
  expect(fieldsNamed('“plan” is too long for this email.', payload, labels)).toEqual(['plan']);
  expect(fieldsNamed('It has no emails.', payload, labels)).toEqual([]);
});
