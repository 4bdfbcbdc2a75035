import { describe, expect, it } from 'vitest';
import { completions } from './filter-completion';
import { type Known, readText, toText, tokensOf, wordsText } from './filter-text';
import { readSearch, toFilter } from './filter';

const now = new Date(2026, 10, 28, 14, 30).getTime();
const known: Known = {
  syncs: ['Lead scores', 'Orders', 'a, "b"'],
  errors: [
    { code: 'SLU-2008', kind: 'rate_limited', title: 'The other side asks to slow down' },
    { code: 'SLU-3006', kind: 'record_rejected', title: 'The record is refused' },
  ],
  runs: [{ run: 12, sync: 'Orders', label: 'Today 14:00' }],
  now,
};
const all = (text: string) => readText(text, known, 'all');

describe('filters as text', () => {
  it('reads every filter, and free words beside them', () => {
    const text =
      'status:rejected,waiting sync:"Lead scores" run:12 person:ann@example.com error:SLU-2008 after:2026-11-01 before:2026-11-20T08:30 since:2w key:L-1 cause:7 two words';
    const { filters, rest, words, problems } = all(text);
    expect(filters).toEqual({
      status: ['rejected', 'waiting'],
      sync: 'Lead scores',
      run: 12,
      person: 'ann@example.com',
      error: ['rate_limited'],
      after: '2026-11-01',
      before: '2026-11-20T08:30',
      since: '14d',
      key: 'L-1',
      cause: 7,
    });
    expect([rest, words, problems]).toEqual(['two words', 'two words', []]);
  });

  it('writes what it reads', () => {
    const search = {
      status: ['rejected' as const, 'invalid' as const],
      error: ['rate_limited'],
      sync: 'a, "b"',
      person: 'Ann Ex',
      since: '1h',
      after: '2026-11-01',
    };
    expect(all(toText(search)).filters).toEqual(search);
    for (const q of ['two words', 'status:rejected', 'say "yes"', ' a  b ', '10:30', 'https://x.example/a'])
      expect(all(wordsText(q)).words, q).toBe(q);
    expect(wordsText('10:30 https://x.example')).toBe('10:30 https://x.example');
  });

  it('adds statuses up, and lets the last one count of anything else', () => {
    expect(all('status:rejected status:Waiting run:1 run:#2').filters).toEqual({
      status: ['rejected', 'waiting'],
      run: 2,
    });
  });

  it.each([
    ['foo:bar', /“foo:” is no filter/],
    ['status:lost', /“lost” is no status.*delivered/],
    ['sync:Nobody', /no sync “Nobody”/],
    ['error:nonsense', /no error “nonsense”/],
    ['run:abc', /no number of a run/],
    ['after:2026-02-31', /“2026-02-31” is no day/],
    ['since:soon', /“soon” is no span/],
    ['status:', /“status:” has no value/],
  ])('tells what is not understood, and leaves it where it is: %s', (text, problem) => {
    const reading = all(`ann ${text}`);
    expect(reading.problems).toEqual([expect.stringMatching(problem) as string]);
    expect(reading.filters).toEqual({});
    expect([reading.rest, reading.words]).toEqual([`ann ${text}`, 'ann']);
  });

  it('says nothing against a word that is still being typed, and does not search for it', () => {
    for (const text of ['fo:', 'status:rej', 'sync:"Lead sc'])
      expect(readText(text, known, 'done')).toMatchObject({
        filters: {},
        rest: text,
        words: '',
        problems: [],
      });
    expect(readText('status:rejected ', known, 'done').rest).toBe('');
    expect(readText('sync:"Lead scores"', known, 'done').filters).toEqual({ sync: 'Lead scores' });
  });

  it('takes the one filter that ends at a place', () => {
    const { filters, rest } = readText('run:12 status:rejected ', known, 'run:12 status:rejected'.length);
    expect([filters, rest]).toEqual([{ status: ['rejected'] }, 'run:12 ']);
  });

  it('believes what it can not check yet', () => {
    const unread = { ...known, syncs: null, errors: null };
    expect(readText('sync:New error:bug', unread, 'all').filters).toEqual({ sync: 'New', error: ['bug'] });
  });

  it('takes what stands in quotes as words', () => {
    expect(tokensOf('"status:rejected" x').map(({ name, value }) => [name, value])).toEqual([
      [null, 'status:rejected'],
      [null, 'x'],
    ]);
  });
});

describe('completion', () => {
  const labels = (text: string) => completions(text, known).options.map(({ label }) => label);

  it('offers names, then values that exist', () => {
    expect(labels('s')).toEqual(['status:', 'sync:', 'since:']);
    expect(labels('ann sy')).toEqual(['sync:']);
    expect(labels('status:re')).toEqual(['rejected', 'delivered']);
    expect(labels('error:')).toEqual(['rate_limited', 'record_rejected']);
    expect(labels('error:2008')).toEqual(['rate_limited']);
    expect(labels('run:')).toEqual(['12']);
    expect(labels('before:')[0]).toBe('2026-11-28');
    expect(labels('person:an')).toEqual([]);
  });

  it('completes the last of several values, and puts what needs it in quotes', () => {
    expect(completions('status:rejected,wai', known)).toMatchObject({
      from: 0,
      options: [{ insert: 'status:rejected,waiting' }],
    });
    expect(completions('x sync:lead', known)).toMatchObject({
      from: 2,
      options: [{ insert: 'sync:"Lead scores"' }],
    });
  });
});

describe('times', () => {
  it('begin at midnight for days and at the minute for hours, and the later of two counts', () => {
    const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString();
    const sinceOf = (search: Parameters<typeof toFilter>[0]) => toFilter(search, now + 12_345).since;
    expect(sinceOf({ since: '1h' })).toBe(at(2026, 10, 28, 13, 30));
    expect(sinceOf({ since: 'today' })).toBe(at(2026, 10, 28));
    expect(sinceOf({ since: '7d' })).toBe(at(2026, 10, 22));
    expect(sinceOf({ since: '1h', after: '2026-11-01' })).toBe(at(2026, 10, 28, 13, 30));
    expect(toFilter({ before: '2026-11-01T14:05' }, now).before).toBe(at(2026, 10, 1, 14, 5));
    expect(sinceOf({})).toBeNull();
  });

  it('are not believed where an address says nonsense', () => {
    expect(readSearch({ after: '2026-13-01', since: 'x', error: 'y', cause: '1', by: 'z' })).toEqual({});
  });
});
