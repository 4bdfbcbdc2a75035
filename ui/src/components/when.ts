import { useSyncExternalStore } from 'react';
import { locale } from './locale';
import { clockTime, count, dayOf, dayOfYear, sameDay, tenths, weekdayName, weekdayOf } from './times';

/** `24 Nov`, with the year where it is not this one. */
export const shortDay = (at: string, now: number): string =>
  (new Date(at).getFullYear() === new Date(now).getFullYear() ? dayOf : dayOfYear)(new Date(at));

/** How a run's start reads in a list: `Today 14:53`, `Yesterday 08:30`, `Mon 23 Nov 13:00`. */
export function moment(at: string, now: number): string {
  const date = new Date(at);
  if (sameDay(date, now)) return `Today ${clockTime(at)}`;
  if (sameDay(date, now - 86_400_000)) return `Yesterday ${clockTime(at)}`;
  return `${weekdayOf(date)} ${shortDay(at, now)} ${clockTime(at)}`;
}

/** Relative where close (`6 min ago`), else short enough for a column: `14:30 today`, `Mon 11:00`, `9 Nov`. */
export function ago(at: string, now: number): string {
  const date = new Date(at);
  const minutes = Math.floor((now - date.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes)} min ago`;
  if (sameDay(date, now)) return `${clockTime(at)} today`;
  if (minutes < 6 * 1440) return `${weekdayOf(date)} ${clockTime(at)}`;
  return shortDay(at, now);
}

/** How far something coming is: `15:00, in 7 min`, `Wed 08:30`, `9 Dec 08:30`. */
export function ahead(at: string, now: number): string {
  const date = new Date(at);
  const minutes = Math.round((date.getTime() - now) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${clockTime(at)}, in ${count(minutes)} min`;
  if (sameDay(date, now)) return `${clockTime(at)}, in ${count(Math.round(minutes / 60))} h`;
  if (minutes < 6 * 1440) return `${weekdayOf(date)} ${clockTime(at)}`;
  return `${shortDay(at, now)} ${clockTime(at)}`;
}

/** When something comes, in a sentence: `14:00`, `Monday 08:30`, `9 Dec 08:30`. */
export function coming(at: string, now: number): string {
  if (sameDay(at, now)) return clockTime(at);
  const date = new Date(at);
  const day = date.getTime() - now < 6 * 86_400_000 ? weekdayName(date) : shortDay(at, now);
  return `${day} ${clockTime(at)}`;
}

/** How long something took, from seconds: `0.4 s`, `35 s`, `1 min 12 s`, `2 h 5 min`. */
export function spent(seconds: number): string {
  if (seconds < 1) return `${tenths(Math.floor(seconds * 10) / 10)} s`;
  const whole = Math.floor(seconds);
  const parts = (big: number, one: string, small: number, other: string) =>
    small ? `${count(big)} ${one} ${count(small)} ${other}` : `${count(big)} ${one}`;
  if (whole < 60) return `${count(whole)} s`;
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's');
  return parts(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
}

/** About how long something will take, from seconds: `1 s`, `40 s`, `3 min`, `2 h 10 min`. */
export function roughly(seconds: number): string {
  if (seconds < 60) return spent(Math.max(1, Math.round(seconds)));
  return spent(Math.round(seconds / 60) * 60);
}

/** A share of a whole, rounded down so that 100% means all. */
export const percent = (part: number, of: number): string =>
  locale().percent(of > 0 ? Math.floor((part / of) * 100) / 100 : 0);

let present = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();
const tick = () => {
  present = Date.now();
  watchers.forEach((watcher) => watcher());
};
function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  if (watchers.size === 1) {
    tick();
    timer = setInterval(tick, 15_000);
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) clearInterval(timer);
  };
}

/** The present moment, renewed every 15 s, so that "6 min ago" stays true. */
export const useNow = (): number => useSyncExternalStore(watch, () => present);
