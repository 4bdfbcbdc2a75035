/** Times as people read them: relative where close, else weekday, date and the locale's clock. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const seconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'short' });
const month = new Intl.DateTimeFormat('en-US', { month: 'short' });

/** `Tue`. */
export const weekdayOf = (at: Date): string => weekday.format(at);

/** `24 Nov`, in the order the schedule's sentences have. */
export const dayOf = (at: Date): string => `${String(at.getDate())} ${month.format(at)}`;

/** `24 Nov 2025`. */
export const dayOfYear = (at: Date): string => `${dayOf(at)} ${String(at.getFullYear())}`;

/** `14:48`. */
export const clockTime = (at: string | Date): string => clock.format(new Date(at));

/** `14:48:07`. */
export const clockSeconds = (at: string | Date): string => seconds.format(new Date(at));

/** `14:48:07.312`, for what the machine did. */
export const clockMillis = (at: string | Date): string =>
  `${clockSeconds(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/** `6 min ago`, `08:30 today`, `Tue 24 Nov, 08:30`. */
export function pastTime(at: string | Date, now: Date = new Date()): string {
  const then = new Date(at);
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${String(minutes)} min ago`;
  if (then.toDateString() === now.toDateString()) return `${clockTime(then)} today`;
  if (then.getFullYear() === now.getFullYear())
    return `${weekdayOf(then)} ${dayOf(then)}, ${clockTime(then)}`;
  return dayOfYear(then);
}

const whole = new Intl.NumberFormat('en-US');

/** Counts are never rounded: `48,213`. */
export const count = (value: number): string => whole.format(value);

/** `1 row`, `2 rows`. */
export const counted = (value: number, one: string, many: string): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** In powers of 1,000: `391 bytes`, `11.4 MB`, `1.2 GB`, `1.1 TB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte', 'bytes');
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  if (bytes < 1_000_000_000_000) return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
  return `${(bytes / 1_000_000_000_000).toFixed(1)} TB`;
}

/** `38 ms`, `1.2 s`. */
export const duration = (ms: number): string =>
  ms < 1000
    ? `${String(Math.round(ms))} ms`
    : ms < 10_000
      ? `${(ms / 1000).toFixed(1)} s`
      : `${String(Math.round(ms / 1000))} s`;
