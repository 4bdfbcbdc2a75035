/**
 * The user's locale, and every Intl call of the window. Words are English, the names of days and months among them; digits,
 * grouping, the decimal sign, the clock and the order of a date are as the system has them.
 */
export interface Locale {
  /** By preference, as the system names them. */
  languages: readonly string[];
  /** The zone that times are told in; the system's where none is named. */
  zone?: string | undefined;
}

/** Some systems name a language in a way that Intl throws at, such as `C`. */
function known(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** What reads from right to left, and digits that change places with what stands beside them. */
const turning = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff]/;
/** Keeps such text from turning the English around it. */
const isolated = (text: string): string => (turning.test(text) ? `\u2068${text}\u2069` : text);

function make({ languages, zone }: Locale) {
  const found = languages.filter(known);
  // Not Intl's own choice: where a system names none it groups no digits.
  const tags = found.length > 0 ? found : ['en-US'];
  const numbers = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(tags, options);
    return (value: number) => isolated(format.format(value));
  };
  // The days and months are named in English, so they are those of its calendar.
  const place = { calendar: 'gregory', ...(zone ? { timeZone: zone } : {}) } as const;
  const times = (options: Intl.DateTimeFormatOptions, language: readonly string[] = tags) => {
    const format = new Intl.DateTimeFormat(language, { ...place, ...options });
    return (at: Date) => isolated(format.format(at));
  };
  const cycle = new Intl.DateTimeFormat(tags, { hour: 'numeric' }).resolvedOptions().hourCycle;
  const twelve = cycle === 'h11' || cycle === 'h12';
  const minutes = { hour: twelve ? 'numeric' : '2-digit', minute: '2-digit' } as const;
  const seconds = { ...minutes, second: '2-digit' } as const;
  // A time of any day is in no zone.
  const timeOfDay = new Intl.DateTimeFormat(tags, { ...minutes, timeZone: 'UTC' });
  const hour = new Intl.DateTimeFormat(tags, {
    ...(twelve ? { hour: 'numeric' } : minutes),
    timeZone: 'UTC',
  });
  const dayParts = new Intl.DateTimeFormat(tags, { ...place, day: 'numeric', month: 'short' })
    .formatToParts(0)
    .map(({ type }) => type);
  const monthFirst = dayParts.indexOf('month') < dayParts.indexOf('day');
  const english = (options: Intl.DateTimeFormatOptions) => times(options, ['en-US']);
  const [dayNumber, yearNumber] = [english({ day: 'numeric' }), english({ year: 'numeric' })];
  const month = english({ month: 'short' });
  const plain = numbers({ useGrouping: false });
  const region = /^[a-z]+(?:-[A-Z][a-z]{3})?-([A-Z]{2})\b/.exec(tags[0] ?? '')?.[1] ?? 'US';
  const zoneFormat = new Intl.DateTimeFormat([`en-${region}`], { ...place, timeZoneName: 'short' });
  return {
    twelve,
    whole: numbers({ maximumFractionDigits: 0 }),
    tenths: numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    atMostTenths: numbers({ maximumFractionDigits: 1 }),
    percent: numbers({ style: 'percent', maximumFractionDigits: 0 }),
    tenthsOfPercent: numbers({ style: 'percent', maximumFractionDigits: 1 }),
    clock: times(minutes),
    hour: (at: number) => isolated(hour.format(at * 3_600_000)),
    timeOfDay: (hours: number, mins: number) => isolated(timeOfDay.format((hours * 60 + mins) * 60_000)),
    clockSeconds: times(seconds),
    clockMillis: times({ ...seconds, fractionalSecondDigits: 3 }),
    weekday: english({ weekday: 'short' }),
    weekdayName: english({ weekday: 'long' }),
    day: (at: Date) => {
      const number = plain(Number(dayNumber(at)));
      return monthFirst ? `${month(at)} ${number}` : `${number} ${month(at)}`;
    },
    year: (at: Date) => plain(Number(yearNumber(at))),
    dayId: english({ year: 'numeric', month: 'numeric', day: 'numeric' }),
    zoneId: zoneFormat.resolvedOptions().timeZone,
    zoneName: (at: Date) =>
      zoneFormat.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '',
  };
}

let current = make({ languages: navigator.languages });

/** How numbers and times are written. */
export const locale = () => current;

/** Another locale than the system's, before anything is rendered. */
export function setLocale(next: Locale): void {
  current = make(next);
}
