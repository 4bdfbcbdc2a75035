/** Numbers and moments as people read them, in their locale (locale.ts). */
import { locale } from './locale';

/** `Tue`. */
export const weekdayOf = (at: Date): string => locale().weekday(at);

/** `Tuesday`. */
export const weekdayName = (at: Date): string => locale().weekdayName(at);

/** `24 Nov`, or `Nov 24` where the month comes first. */
export const dayOf = (at: Date): string => locale().day(at);

/** `24 Nov 2025`. */
export const dayOfYear = (at: Date): string => `${dayOf(at)} ${locale().year(at)}`;

/** Whether both are on one day of the user's calendar. */
export const sameDay = (a: string | number | Date, b: string | number | Date): boolean =>
  locale().dayId(new Date(a)) === locale().dayId(new Date(b));

/** `14:48`, or `2:48 PM`. */
export const clockTime = (at: string | Date): string => locale().clock(new Date(at));

/** `06:00`, or `6 AM`: an hour of any day; the 24th is midnight again. */
export const hourOfDay = (hour: number): string => locale().hour(hour);

/** A text whose times of day (`08:30`) are written as all others are: `Weekdays 8:30 AM`. */
export const withClocks = (text: string): string =>
  text.replace(
    /(^|[^\d:.+-])([01]\d|2[0-3]):([0-5]\d)(?![\d:])/g,
    (_, before: string, hours: string, minutes: string) =>
      before + locale().timeOfDay(Number(hours), Number(minutes)),
  );

/** `14:48:07`. */
export const clockSeconds = (at: string | Date): string => locale().clockSeconds(new Date(at));

/** `14:48:07.312`, for what the machine did. */
export const clockMillis = (at: string | Date): string => locale().clockMillis(new Date(at));

/** `CET`: the zone all times are told in, as it is called at that moment. */
export const zoneName = (at: string | Date = new Date()): string => locale().zoneName(new Date(at));

/** `Europe/Berlin`. */
export const zoneId = (): string => locale().zoneId;

/** All of a moment: `Tue 24 Nov 2026, 14:48:07 CET`. */
export const exactTime = (at: string | Date): string => {
  const date = new Date(at);
  return `${weekdayOf(date)} ${dayOfYear(date)}, ${clockSeconds(date)} ${zoneName(date)}`;
};

/** Counts are never rounded: `48,213`. */
export const count = (value: number): string => locale().whole(value);

/** `1 row`, `2 rows`. */
export const counted = (value: number, one: string, many: string): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** For little room, where the whole count is told elsewhere: `48,213`, `1.2M`. */
export function shortCount(value: number): string {
  if (value < 100_000) return count(value);
  if (value < 999_500) return `${count(value / 1000)}K`;
  return value < 999_950_000
    ? `${locale().atMostTenths(value / 1_000_000)}M`
    : `${locale().atMostTenths(value / 1_000_000_000)}B`;
}

/** `0.4`, `12.0`: always with one digit after the sign. */
export const tenths = (value: number): string => locale().tenths(value);

/** In powers of 1,000: `391 bytes`, `11.4 MB`, `1.2 GB`, `1.1 TB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte', 'bytes');
  if (bytes < 1_000_000) return `${tenths(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${tenths(bytes / 1_000_000)} MB`;
  if (bytes < 1_000_000_000_000) return `${tenths(bytes / 1_000_000_000)} GB`;
  return `${tenths(bytes / 1_000_000_000_000)} TB`;
}

/** `38 ms`, `1.2 s`. */
export const duration = (ms: number): string =>
  ms < 1000
    ? `${count(Math.round(ms))} ms`
    : `${ms < 10_000 ? tenths(ms / 1000) : count(Math.round(ms / 1000))} s`;

/** A share from 0 to 1: `1.9%`, `22%`, `0%`. What is there is never told as none: `under 0.1%`. */
export function sharePercent(share: number, under = 'under '): string {
  const { percent: whole, tenthsOfPercent } = locale();
  if (share > 0 && share < 0.001) return `${under}${tenthsOfPercent(0.001)}`;
  return share < 0.1 ? tenthsOfPercent(share) : whole(share);
}
