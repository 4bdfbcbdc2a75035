import { expect, test } from 'vitest';
import { formOf, newSchedule, scheduleErrors, tidyTime, toSchedule } from './form';

const form = newSchedule('Europe/Berlin');

test('times are tidied, sorted and not doubled', () => {
  expect(['8', '8:30', '830', '13.15', '8:30 PM', '12 am', '13 pm', 'noon'].map(tidyTime)).toEqual([
    '08:00',
    '08:30',
    '08:30',
    '13:15',
    '20:30',
    '00:00',
    '13 pm',
    'noon',
  ]);
  expect(
    toSchedule({ ...form, type: 'at', times: ['13:00', '08:30', '13:00'], days: ['fri', 'mon'] }),
  ).toEqual({
    type: 'at',
    times: ['08:30', '13:00'],
    days: ['mon', 'fri'],
    time_zone: 'Europe/Berlin',
  });
});

test('an incomplete schedule is none, and says what is missing', () => {
  expect(toSchedule({ ...form, type: 'at', days: [] })).toBeNull();
  expect(scheduleErrors({ ...form, type: 'at', times: ['25:00'] }).times).toMatch(/08:30/);
  expect(scheduleErrors({ ...form, type: 'every', amount: '0' }).amount).toBeDefined();
  expect(toSchedule({ ...form, type: 'every', amount: '2', unit: 'hours' })).toEqual({
    type: 'every',
    minutes: 120,
  });
});

test('a saved schedule comes back as it was', () => {
  const saved = [
    { type: 'manual' },
    { type: 'every', minutes: 90 },
    { type: 'at', times: ['08:30'], days: ['sun'], time_zone: 'Asia/Tokyo' },
    { type: 'cron', expression: '0 6 * * *', time_zone: 'UTC' },
  ] as const;
  for (const schedule of saved) {
    const copy = structuredClone(schedule) as Parameters<typeof formOf>[0];
    expect(toSchedule(formOf(copy, 'Europe/Berlin'))).toEqual(schedule);
  }
});
