import type { Schedule } from '@/api/bindings/Schedule';
import { withClocks } from '@/components/times';
import { text } from './text';

export const dayIds = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type DayId = (typeof dayIds)[number];

/** Every kind of schedule at once, so that trying another loses nothing. */
export interface ScheduleForm {
  type: Schedule['type'];
  amount: string;
  unit: 'minutes' | 'hours';
  times: string[];
  days: string[];
  expression: string;
  zone: string;
}

export const newSchedule = (zone: string): ScheduleForm => ({
  type: 'manual',
  amount: '30',
  unit: 'minutes',
  times: ['08:30'],
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  expression: '30 8,13 * * 1-5',
  zone,
});

export function formOf(schedule: Schedule, zone: string): ScheduleForm {
  const form = { ...newSchedule(zone), type: schedule.type };
  if (schedule.type === 'every') {
    const hours = schedule.minutes % 60 === 0;
    return {
      ...form,
      amount: String(hours ? schedule.minutes / 60 : schedule.minutes),
      unit: hours ? 'hours' : 'minutes',
    };
  }
  if (schedule.type === 'at')
    return { ...form, times: schedule.times, days: schedule.days, zone: schedule.time_zone };
  if (schedule.type === 'cron') return { ...form, expression: schedule.expression, zone: schedule.time_zone };
  return form;
}

/** Hours and minutes of a day, as `08:30`. */
export const isTime = (time: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(time);

/** What is wrong, by field. */
export function scheduleErrors(form: ScheduleForm): Partial<Record<'amount' | 'days' | 'times', string>> {
  if (form.type === 'every') {
    const minutes = Number(form.amount) * (form.unit === 'hours' ? 60 : 1);
    if (!/^\d+$/.test(form.amount.trim()) || minutes < 1 || minutes > 10_080)
      return { amount: text.everyError };
  }
  if (form.type === 'at') {
    const errors: ReturnType<typeof scheduleErrors> = {};
    if (form.days.length === 0) errors.days = text.noDay;
    if (form.times.length === 0) errors.times = text.noTime;
    else if (!form.times.every(isTime)) errors.times = text.badTime;
    return errors;
  }
  return {};
}

/** The schedule of the form, or null while something is wrong. */
export function toSchedule(form: ScheduleForm): Schedule | null {
  if (Object.keys(scheduleErrors(form)).length > 0) return null;
  if (form.type === 'manual') return { type: 'manual' };
  if (form.type === 'every')
    return { type: 'every', minutes: Number(form.amount) * (form.unit === 'hours' ? 60 : 1) };
  if (form.type === 'cron') return { type: 'cron', expression: form.expression.trim(), time_zone: form.zone };
  const times = [...new Set(form.times)].sort();
  return { type: 'at', times, days: dayIds.filter((day) => form.days.includes(day)), time_zone: form.zone };
}

/** The schedule in a few words: `Weekdays 08:30, 13:00`. */
export function inShort(schedule: Schedule | null): string | undefined {
  if (schedule === null) return undefined;
  switch (schedule.type) {
    case 'manual':
      return text.short.manual;
    case 'every':
      return text.short.every(schedule.minutes);
    case 'at':
      return `${text.short.days(dayIds.filter((day) => schedule.days.includes(day)))} ${schedule.times.map(withClocks).join(', ')}`;
    case 'cron':
      return schedule.expression;
  }
}

/** `830`, `8`, `8:30 pm` as `08:30`, `08:00`, `20:30`; anything else stays as typed. */
export function tidyTime(typed: string): string {
  const match = /^(\d{1,2})[:.h]?(\d{2})?(?:\s*([ap])\.?m\.?)?$/i.exec(typed.trim());
  if (!match?.[1]) return typed.trim();
  const half = match[3]?.toLowerCase();
  const hour = Number(match[1]);
  if (half && (hour < 1 || hour > 12)) return typed.trim();
  const of24 = half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour;
  return `${String(of24).padStart(2, '0')}:${match[2] ?? '00'}`;
}
