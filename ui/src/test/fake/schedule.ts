import type { Schedule } from '@/api/bindings/Schedule';
import type { ScheduleDescription } from '@/api/bindings/ScheduleDescription';

const run = (at: string, local: string, distance: string) => ({ at, local, distance, note: null });
const coming = [
  run('2026-11-25T07:30:00Z', 'Wed 25 Nov, 08:30', 'in 17 h 42 min'),
  run('2026-11-25T12:00:00Z', 'Wed 25 Nov, 13:00', 'in 22 h 12 min'),
  run('2026-11-26T07:30:00Z', 'Thu 26 Nov, 08:30', 'in 1 day 17 h'),
  run('2026-11-26T12:00:00Z', 'Thu 26 Nov, 13:00', 'in 1 day 22 h'),
  run('2026-11-27T07:30:00Z', 'Fri 27 Nov, 08:30', 'in 2 days 17 h'),
];
const notes = [
  'The clocks go forward on Sun 28 Mar 2027. Runs stay at their times on the wall clock; none is lost or doubled.',
  'If this computer sleeps through a run, Sluice runs once when it wakes, and the missed run stays in the list with its reason.',
  'Two runs of one sync never overlap: one that is still going is finished, the next is skipped.',
];

export function describe(schedule: Schedule): ScheduleDescription {
  if (schedule.type === 'manual')
    return {
      sentence: 'Only when you press Sync now.',
      time_zone: 'Europe/Berlin',
      next: [],
      notes: [],
      problem: null,
    };
  if (schedule.type === 'every') {
    const { minutes } = schedule;
    const words =
      minutes % 60 === 0
        ? minutes === 60
          ? 'hour'
          : `${String(minutes / 60)} hours`
        : `${String(minutes)} minutes`;
    return {
      sentence: `Every ${words}.`,
      time_zone: 'Europe/Berlin',
      next: coming,
      notes: notes.slice(1),
      problem: null,
    };
  }
  if (schedule.type === 'cron') {
    const bad = schedule.expression.trim().split(/\s+/).length !== 5;
    const problem = {
      code: 'SLU-1301',
      kind: 'bad_schedule',
      message: 'The cron expression needs five parts.',
      safe: 'Nothing was saved.',
      hint: 'Minute, hour, day, month, weekday, for example 30 8 * * 1-5.',
      fix: null,
      retries: false,
      details: [],
    };
    return {
      sentence: bad ? '' : 'At 08:30 and 13:00, Monday to Friday, Berlin time.',
      time_zone: schedule.time_zone,
      next: bad ? [] : coming,
      notes,
      problem: bad ? problem : null,
    };
  }
  const weekdays = schedule.days.join() === 'mon,tue,wed,thu,fri';
  const days =
    schedule.days.length === 7
      ? 'Every day'
      : weekdays
        ? 'Every weekday'
        : `Every ${schedule.days.join(', ')}`;
  const zone = schedule.time_zone.split('/').at(-1) ?? schedule.time_zone;
  return {
    sentence: `${days} at ${schedule.times.join(' and ')}, ${zone} time.`,
    time_zone: schedule.time_zone,
    next: schedule.days.length && schedule.times.length ? coming : [],
    notes,
    problem: null,
  };
}
