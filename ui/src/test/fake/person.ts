import type { Event } from '@/api/bindings/Event';
import type { EventDetail } from '@/api/bindings/EventDetail';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import type { PersonTotals } from '@/api/bindings/PersonTotals';
import type { PersonRequest } from '@/api/bindings/PersonRequest';

/** That time of the day which is so many days ago. */
function at(days: number, clock: string): string {
  const [hours, minutes] = clock.split(':').map(Number);
  const date = new Date();
  date.setDate(date.getDate() - days);
  date.setHours(hours ?? 0, minutes ?? 0, 12, 480);
  return date.toISOString();
}

const was = (path: string, before: unknown, after: unknown): FieldChange => ({
  path,
  before: before === undefined ? null : JSON.stringify(before),
  after: after === undefined ? null : JSON.stringify(after),
  changed: JSON.stringify(before) !== JSON.stringify(after),
  left_alone: false,
});

const places = {
  'Lead ratings': { to: 'Practice CRM', to_kind: 'practice', what: 'leads', key: 'L-20418' },
  'Product usage': { to: 'Kestrel events', to_kind: 'rudderstack', what: 'identify', key: 'u_48213' },
  'Trial sign-ups': { to: 'Exports', to_kind: 'file', what: 'rows', key: 'ana.ruiz@example.com' },
};

function entry(
  id: number,
  sync: keyof typeof places,
  when: string,
  fields: FieldChange[],
  more: Partial<Omit<PersonEntry, 'event'>> & { event?: Partial<Event> } = {},
): PersonEntry {
  const { to, to_kind, what, key } = places[sync];
  const { event, ...rest } = more;
  return {
    to,
    to_kind,
    trigger: 'schedule',
    undoes: null,
    undone_by: null,
    summary: 'Changed row, delivered and confirmed.',
    fields,
    read_before: to_kind === 'practice',
    ...rest,
    event: {
      event: `p${String(id)}`,
      at: when,
      sync,
      run: id,
      status: 'delivered',
      change: 'changed',
      what,
      who: 'ana.ruiz@example.com',
      key,
      answer: '200',
      retryable: false,
      discardable: false,
      ...event,
    },
  };
}

const accepted = 'The destination took it; it gives no answer for single records.';
const note =
  'Asked for a demo at the fair, wants to see the warehouse part first, and will bring two colleagues from finance. ' +
  'Prefers a call in the morning; the number is in the ticket. Follow up in the first week of the quarter at the latest.';

const entries = (): PersonEntry[] => [
  entry(101, 'Lead ratings', at(0, '14:53'), [
    was('properties.lead_score', 61, 87),
    was('properties.rating', 'Warm', 'Hot'),
    was('properties.logins_last_7_days', 9, 14),
    was('properties.email', 'ana.ruiz@example.com', 'ana.ruiz@example.com'),
    was('properties.employees', 240, 240),
    was('properties.phone', '+49 30 5550142', null),
    was('properties.company', 'Kestrel Outdoor GmbH', 'Kestrel Outdoor GmbH'),
  ]),
  entry(
    44,
    'Product usage',
    at(0, '14:47'),
    [was('traits.logins_last_7_days', 9, 14), was('traits.plan', 'Team', 'Team')],
    { summary: `Changed row. ${accepted}`, event: { status: 'accepted' } },
  ),
  entry(99, 'Lead ratings', at(0, '09:12'), [was('properties.company', 'Kestrel Outdoor GmbH', '')], {
    trigger: 'catch_up',
    summary: 'The destination refused this record. Company was empty.',
    event: { status: 'rejected', answer: '200, REQUIRED', retryable: true, discardable: true },
  }),
  entry(97, 'Lead ratings', at(5, '10:02'), [was('properties.rating', 'Hot', 'Warm')], {
    trigger: 'undo',
    undoes: 96,
  }),
  entry(
    96,
    'Lead ratings',
    at(5, '08:30'),
    [was('properties.rating', 'Warm', 'Hot'), was('properties.employees', null, 240)],
    { undone_by: 97 },
  ),
  entry(
    45,
    'Trial sign-ups',
    at(8, '08:31'),
    [
      was('name', undefined, 'آنا رويز'),
      was('email', undefined, 'ana.ruiz@example.com'),
      was('trial_started_on', undefined, '2026-11-02'),
      was('note', undefined, note),
      was('company', undefined, null),
    ],
    {
      summary: 'New row, delivered and confirmed.',
      event: { change: 'added' },
    },
  ),
];

const older = (n: number): PersonEntry[] =>
  Array.from({ length: n }, (_, index) =>
    entry(
      40 - (index % 30),
      'Product usage',
      at(12 + index, '07:15'),
      [was('traits.logins_last_7_days', index % 9, (index + 4) % 9)],
      {
        summary: `Changed row. ${accepted}`,
        event: { event: `o${String(index)}`, status: 'accepted' },
      },
    ),
  );

const mask = (text: string): string =>
  text
    .replace(/ana\.ruiz@/g, 'a•••@')
    .replace('+49 30 5550142', '+49 •• •••••42')
    .replace('آنا رويز', 'آ•• ر••');
const maskedEntry = (one: PersonEntry): PersonEntry => JSON.parse(mask(JSON.stringify(one))) as PersonEntry;

const names: [string, string][] = [
  ['email', 'ana.ruiz@example.com'],
  ['key', 'L-20418'],
  ['user_id', 'u_48213'],
];

/** How many there are of each, most first. */
function tally<T extends string>(values: T[]): [T, number][] {
  const sums = new Map<T, number>();
  for (const value of values) sums.set(value, (sums.get(value) ?? 0) + 1);
  return [...sums].sort(([, one], [, other]) => other - one);
}

function totalsOf(all: PersonEntry[]): PersonTotals {
  const taken = all.filter(({ event: { status } }) => status === 'delivered' || status === 'accepted');
  return {
    entries: all.length,
    by_status: tally(all.map(({ event }) => event.status)),
    by_sync: tally(all.map(({ event }) => event.sync)),
    since: all.at(-1)?.event.at ?? null,
    first_taken: taken.at(-1)?.event.at ?? null,
    last_taken: taken[0]?.event.at ?? null,
  };
}

/** Ana Ruiz under each of her names, once more with a long history as `many@example.com`; nobody else. */
export function personOf({ about: asked, cursor, limit, reveal }: PersonRequest): PersonHistory {
  const about = asked.trim().toLowerCase();
  const known = names.some(([, value]) => value.toLowerCase() === about);
  const all = known ? entries() : about === 'many@example.com' ? [...entries(), ...older(80)] : [];
  const from = cursor === null ? 0 : Number(cursor);
  const page = all.slice(from, from + limit);
  return {
    names: all.length === 0 ? [] : names.map(([name, value]) => [name, reveal ? value : mask(value)]),
    entries: reveal ? page : page.map(maskedEntry),
    cursor: from + limit < all.length ? String(from + limit) : null,
    totals: cursor === null ? totalsOf(all) : null,
    masked: !reveal,
  };
}

/** What the log says of an entry, beside what it says of any other event. */
export function entryDetail(id: string, reveal: boolean, any: EventDetail): EventDetail | undefined {
  const found = [...entries(), ...older(80)].find(({ event }) => event.event === id);
  if (!found) return undefined;
  const { event, summary, fields, read_before } = reveal ? found : maskedEntry(found);
  const valuesOf = (side: 'before' | 'after') =>
    JSON.stringify(
      Object.fromEntries(fields.map((field) => [field.path, JSON.parse(field[side] ?? 'null') as unknown])),
      null,
      2,
    );
  const sent = valuesOf('after');
  return {
    ...any,
    event,
    summary,
    payload: sent,
    payload_pretty: sent,
    before: read_before ? valuesOf('before') : null,
  };
}
