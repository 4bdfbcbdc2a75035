import type { Commands } from '@/api/bindings/commands';
import { type FakeHost, problem } from './fake-host';
import { poisoned } from './hostile';

export const states = ['full', 'empty', 'loading', 'error'] as const;
/** How far a screen has come: everything there, nothing there, no answer yet, or none at all. */
export type ScreenState = (typeof states)[number];

/** What the commands answer where there is nothing. */
function nothing(host: FakeHost) {
  host.answer('connections', () => []);
  host.answer('drafts', () => []);
  host.answer('syncs', () => []);
  host.answer('tables', () => []);
  host.answer('objects', () => []);
  host.answer('runs', () => []);
  host.answer('events', () => ({ events: [], cursor: null, total: 0 }));
  host.answer('person', () => ({ names: [], entries: [], cursor: null, totals: null, masked: true }));
  host.answer('review_records', () => ({ records: [], next: null }));
}

/** The invented program with its screens in one state. */
export function inState(host: FakeHost, state: ScreenState): FakeHost {
  if (state === 'empty') nothing(host);
  if (state === 'full' || state === 'empty') return host;
  // What the program knows of itself is always there: without it no screen begins.
  const known = new Set<string>(['app_info', 'catalogue', 'time_zones'] satisfies (keyof Commands)[]);
  return {
    ...host,
    invoke: (command, input) =>
      known.has(command)
        ? host.invoke(command, input)
        : state === 'loading'
          ? new Promise(() => undefined)
          : Promise.reject(Object.assign(new Error(), problem())),
  };
}

/** Names that need more room than there is, or read from the right. */
export const nameKinds = {
  long: (n: number) =>
    `Marketing qualified leads by campaign, region and first touch source of the previous fiscal year (copy ${String(n)})`,
  unbroken: (n: number) => `marketing_qualified_leads_by_campaign_region_and_first_touch_source_${String(n)}`,
  right: (n: number) => `العملاء المحتملون المؤهلون حسب الحملة والمنطقة والمصدر الأول ${String(n)}`,
};

/** The invented program with names of one kind in place of its own. */
export const withNames = (host: FakeHost, kind: keyof typeof nameKinds): ReturnType<typeof poisoned> =>
  poisoned(
    host,
    0,
    Array.from({ length: 400 }, (_, n) => nameKinds[kind](n)),
  );
