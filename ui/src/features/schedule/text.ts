import { count } from '@/components/times';
import type { DayId } from './form';

/** Words of the schedule step; sentences about a schedule come from the program. */
export const text = {
  group: 'Schedule',
  manual: ['Only when I press Sync now', 'Nothing runs on its own'],
  every: ['Every few minutes or hours', 'For example every 30 minutes'],
  at: ['At set times on set days', 'Local time, also when the clocks change'],
  cron: ['Cron expression', 'For those who know it: 30 8,13 * * 1-5'],
  short: {
    manual: 'Only with Sync now',
    every: (minutes: number) =>
      minutes % 60 > 0
        ? `Every ${count(minutes)} min`
        : minutes === 60
          ? 'Every hour'
          : `Every ${count(minutes / 60)} h`,
    days: (days: readonly DayId[]) => {
      const week = days.join(' ');
      if (days.length === 7) return 'Daily';
      if (week === 'mon tue wed thu fri') return 'Weekdays';
      return days.map((day) => text.dayNames[day]).join(' ');
    },
  },
  everyLabel: 'Every',
  unit: 'Unit',
  minutes: 'minutes',
  hours: 'hours',
  everyHelp: 'For example 30; from 1 minute to 168 hours',
  everyError: 'A whole number, from 1 minute to 168 hours, for example 30.',
  days: 'Days',
  dayNames: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
  noDay: 'Pick at least one day.',
  times: 'Times',
  addTime: 'Add time',
  timeLabel: (n: number) => `Time ${count(n)}`,
  removeTime: (time: string) => `Remove ${time}`,
  timesHelp: 'Hours and minutes, for example 08:30',
  noTime: 'Add at least one time, for example 08:30.',
  badTime: 'A time has hours and minutes, for example 08:30.',
  zone: 'Time zone',
  zoneHelp: 'Type a city, for example Berlin',
  searchZone: 'Search time zones',
  thisComputer: 'this computer',
  expression: 'Cron expression',
  expressionHelp: 'Minute, hour, day, month, weekday: 30 8,13 * * 1-5',
  meaning: 'What this means',
  next: 'Next 5 runs',
  week: 'The week',
  weekLabel: (times: string, days: string) => `Runs at ${times} on ${days}`,
  byHand: 'Nothing runs by itself. A rhythm can be chosen at any time.',
  background: 'Runs go on with the window closed, while Sluice is in the tray.',
  incomplete: 'The runs appear here once the schedule is complete.',
};
