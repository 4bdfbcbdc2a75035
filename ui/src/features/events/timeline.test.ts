import { describe, expect, it } from 'vitest';
import type { Attempt } from '@/api/bindings/Attempt';
import { partsOf, sentenceOf } from './timeline';

const began = Date.UTC(2026, 10, 28, 14, 0, 0);
/** A request that was answered so many ms after the first one left. */
const attempt = (
  end: number,
  took_ms: number | null,
  status: number | null,
  outcome = 'Tried again',
): Attempt => ({
  at: new Date(began + end).toISOString(),
  took_ms,
  target: 'POST https://crm.example',
  headers: [],
  records: 1,
  bytes: 1,
  body: null,
  status,
  answer: '',
  own_answer: null,
  outcome,
});

describe('the time line of a record', () => {
  it('has each try, how long its answer took, and the waits between', () => {
    const parts = partsOf([attempt(400, 400, 429), attempt(2900, 500, 200)], null, 'delivered');
    expect(parts).toMatchObject([
      { kind: 'try', nth: 1, from: began, ms: 400, tone: 'warn' },
      { kind: 'wait', ms: 2000, until: null },
      { kind: 'try', nth: 2, from: began + 2400, ms: 500, tone: 'ok' },
    ]);
    const said = sentenceOf(parts);
    expect(said).toMatch(/^Try 1 left at .*, answered 429 after 400 ms; waited 2\.0 s; Try 2 left at /);
    expect(said).toMatch(/answered 200 after 500 ms\.$/);
  });

  it('goes on where a next try is to come, and says that an answer is missing', () => {
    const next = new Date(began + 60_000).toISOString();
    const parts = partsOf([attempt(0, null, null, 'No answer yet')], next, 'waiting');
    expect(parts).toMatchObject([
      { kind: 'try', ms: null, tone: 'none' },
      { kind: 'wait', ms: null, until: next },
    ]);
    expect(sentenceOf(parts)).toMatch(/no answer; waits until /);
  });

  it('draws the first and the last of many', () => {
    const many = Array.from({ length: 20 }, (_, index) => attempt(index * 1000 + 100, 100, 503));
    const parts = partsOf(many, null, 'rejected');
    expect(parts.flatMap((part) => (part.kind === 'try' ? [part.nth] : []))).toEqual([1, 2, 3, 18, 19, 20]);
    expect(sentenceOf(parts)).toMatch(/14 more tries/);
  });
});
