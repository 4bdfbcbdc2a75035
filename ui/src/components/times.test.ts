import { afterEach, describe, expect, test } from 'vitest';
import { setLocale } from './locale';
import {
  byteSize,
  clockMillis,
  clockTime,
  count,
  counted,
  dayOfYear,
  duration,
  exactTime,
  hourOfDay,
  sameDay,
  sharePercent,
  shortCount,
  withClocks,
  zoneId,
} from './times';
import { ahead, coming, moment, percent, roughly, spent } from './when';

afterEach(() => setLocale({ languages: ['en-GB'] }));

test('sizes are in powers of 1,000', () => {
  const sizes = [391, 2000, 11_400_000, 1_240_000_000, 1_099_511_627_776].map(byteSize);
  expect(sizes).toEqual(['391 bytes', '2.0 kB', '11.4 MB', '1.2 GB', '1.1 TB']);
});

const at = '2026-11-24T13:48:07.312Z';
/** As it is read: without the marks that keep it apart, with every kind of space a space. */
const read = (text: string) => text.replace(/[\u2066-\u2069\u200e\u200f\u061c]/g, '').replace(/\s/g, ' ');

describe.each([
  {
    language: 'en-US',
    zone: 'America/New_York',
    times: ['8:48 AM', '8:48:07.312 AM', 'Tue Nov 24 2026, 8:48:07 AM EST', '6 PM'],
    numbers: ['48,213', '11.4 MB', '1.2 s', '99%', '0.4%', 'under 0.1%', '1.2M'],
  },
  {
    language: 'en-GB',
    zone: 'Europe/London',
    times: ['13:48', '13:48:07.312', 'Tue 24 Nov 2026, 13:48:07 GMT', '18:00'],
    numbers: ['48,213', '11.4 MB', '1.2 s', '99%', '0.4%', 'under 0.1%', '1.2M'],
  },
  {
    language: 'de-DE',
    zone: 'Europe/Berlin',
    times: ['14:48', '14:48:07,312', 'Tue 24 Nov 2026, 14:48:07 CET', '18:00'],
    numbers: ['48.213', '11,4 MB', '1,2 s', '99 %', '0,4 %', 'under 0,1 %', '1,2M'],
  },
  {
    language: 'ar-EG',
    zone: 'Africa/Cairo',
    times: ['٣:٤٨ م', '٣:٤٨:٠٧٫٣١٢ م', 'Tue ٢٤ Nov ٢٠٢٦, ٣:٤٨:٠٧ م GMT+2', '٦ م'],
    numbers: ['٤٨٬٢١٣', '١١٫٤ MB', '١٫٢ s', '٩٩٪', '٠٫٤٪', 'under ٠٫١٪', '١٫٢M'],
  },
  {
    language: 'ja-JP',
    zone: 'Asia/Tokyo',
    times: ['22:48', '22:48:07.312', 'Tue Nov 24 2026, 22:48:07 GMT+9', '18:00'],
    numbers: ['48,213', '11.4 MB', '1.2 s', '99%', '0.4%', 'under 0.1%', '1.2M'],
  },
])('in $language', ({ language, zone, times, numbers }) => {
  test('a clock, a moment with its zone and an hour are as people write them', () => {
    setLocale({ languages: [language], zone });
    expect([clockTime(at), clockMillis(at), exactTime(at), hourOfDay(18)].map(read)).toEqual(times);
    expect(zoneId()).toBe(zone);
  });

  test('digits, grouping and the decimal sign are theirs; the words stay', () => {
    setLocale({ languages: [language], zone });
    expect(
      [
        count(48_213),
        byteSize(11_400_000),
        duration(1240),
        percent(999, 1000),
        sharePercent(0.0041),
        sharePercent(0.0004),
        shortCount(1_240_000),
      ].map(read),
    ).toEqual(numbers);
  });
});

test('sentences are English with the numbers of the locale', () => {
  setLocale({ languages: ['ar-EG'], zone: 'Africa/Cairo' });
  const now = new Date(at).getTime();
  expect(read(counted(12, 'row', 'rows'))).toBe('١٢ rows');
  expect(read(ahead('2026-11-24T13:51:07Z', now))).toBe('٣:٥١ م, in ٣ min');
  expect(read(moment('2026-11-23T06:30:00Z', now))).toBe('Yesterday ٨:٣٠ ص');
  expect(read(spent(72))).toBe('١ min ١٢ s');
  expect(read(roughly(7800))).toBe('٢ h ١٠ min');
});

test('digits that would turn the English around them are kept apart', () => {
  setLocale({ languages: ['ar-EG'], zone: 'Africa/Cairo' });
  expect(counted(12, 'row', 'rows')).toBe('\u2068١٢\u2069 rows');
  setLocale({ languages: ['de-DE'] });
  expect(counted(1200, 'row', 'rows')).toBe('1.200 rows');
});

test('years are those of the calendar whose months are named', () => {
  setLocale({ languages: ['th-TH'], zone: 'Asia/Bangkok' });
  expect(dayOfYear(new Date(at))).toBe('24 Nov 2026');
});

test('a day ends at midnight of the zone', () => {
  setLocale({ languages: ['ja-JP'], zone: 'Asia/Tokyo' });
  expect(sameDay('2026-11-24T14:59:00Z', '2026-11-24T15:00:00Z')).toBe(false);
  setLocale({ languages: ['en-GB'], zone: 'Europe/London' });
  expect(sameDay('2026-11-24T14:59:00Z', '2026-11-24T15:00:00Z')).toBe(true);
});

test('a name of a language that nobody knows is passed over', () => {
  setLocale({ languages: ['C', 'en_US.UTF-8', 'de-DE'] });
  expect(count(48_213)).toBe('48.213');
  setLocale({ languages: ['C'] });
  expect(count(48_213)).toBe('48,213');
});

test('the clock changes its name with the season', () => {
  setLocale({ languages: ['en-GB'], zone: 'Europe/London' });
  expect(exactTime('2026-07-01T12:00:00Z')).toBe('Wed 1 Jul 2026, 13:00:00 BST');
});

test('a time of day inside a sentence is written as every other, and a zone’s offset is left alone', () => {
  const said = 'Weekdays 08:30, 13:00 and 00:05 (GMT+02:00)';
  expect(read(withClocks(said))).toBe(said);
  setLocale({ languages: ['en-US'] });
  expect(read(withClocks(said))).toBe('Weekdays 8:30 AM, 1:00 PM and 12:05 AM (GMT+02:00)');
});

test('what comes on another day names it', () => {
  setLocale({ languages: ['en-US'], zone: 'America/New_York' });
  const words = (when: string) => read(coming(when, Date.parse(at)));
  expect(words('2026-11-24T20:30:00Z')).toBe('3:30 PM');
  expect(words('2026-11-27T13:30:00Z')).toBe('Friday 8:30 AM');
  expect(words('2026-12-09T13:30:00Z')).toBe('Dec 9 8:30 AM');
});
