import type { Event } from '@/api/bindings/Event';
import type { EventCauses } from '@/api/bindings/EventCauses';
import type { EventDetail } from '@/api/bindings/EventDetail';
import type { EventPage } from '@/api/bindings/EventPage';
import type { EventsRequest } from '@/api/bindings/EventsRequest';
import type { EventStatus } from '@/api/bindings/EventStatus';
import type { Run } from '@/api/bindings/Run';
import type { RunsRequest } from '@/api/bindings/RunsRequest';
import type { Sync } from '@/api/bindings/Sync';
import { definitionOf, runOf } from './syncs';

const minute = 60_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

const base = (
  name: string,
  more: Partial<Sync>,
  definition: Parameters<typeof definitionOf>[1] = {},
): Sync => ({
  definition: definitionOf(name, definition),
  from_kind: 'postgres',
  to_kind: 'rudderstack',
  status: 'healthy',
  problem: null,
  paused: false,
  next_run_at: ago(-7 * minute),
  schedule_sentence: 'Every 30 minutes.',
  held: null,
  last_run: runOf(60, name, { started_at: ago(23 * minute) }),
  history: [410, 380, 120, 440, 300, 512, 420, 380, 460, 200, 330, 470, 390, 410].map((delivered, index) => ({
    run: index + 1,
    delivered,
    rejected: 0,
    status: 'completed',
  })),
  waiting: 0,
  rejected: 0,
  ...more,
});

export const runningRun = (): Run =>
  runOf(101, 'Lead ratings', {
    status: 'running',
    trigger: 'manual',
    started_at: ago(37_000),
    finished_at: null,
    read: 48377,
    invalid: 6,
    added: 88,
    changed: 2552,
    unchanged: 45731,
    sent: 1612,
    delivered: 1606,
    rejected: 6,
    waiting: 1028,
    requests: 9,
    bytes_sent: 412_880,
    seconds: 37,
    cost: null,
    undoes: null,
    left_alone: [],
    undone_by: null,
    undone_in_part: false,
    undoing: null,
    taken_over_by: null,
    sent_by: [],
    progress: {
      phase: 'sending',
      to_send: 2640,
      expected_rows: 48377,
      per_second: 84,
      seconds_left: 12,
      rates: [12, 38, 61, 74, 80, 82, 81, 80, 83, 79, 40, 22, 58, 76, 83, 85, 83, 84, 86, 84, 83, 85, 84, 84],
      waiting_for: null,
    },
  });

/** Syncs in the states the saved ones lack. */
export const activeSyncs = (): Sync[] => [
  base(
    'Lead ratings',
    {
      status: 'running',
      last_run: runningRun(),
      rejected: 9,
      waiting: 1028,
      history: [
        ...base('', {}).history.slice(1),
        { run: 101, delivered: 1606, rejected: 6, status: 'running' },
      ],
    },
    {
      query: { type: 'table', schema: 'marketing', name: 'lead_scores' },
      to: 'Practice CRM',
      shape: { type: 'record', object: 'leads', match_field: 'lead_id' },
      mode: 'mirror',
      removed: 'clear',
      schedule: { type: 'every', minutes: 60 },
    },
  ),
  base(
    'Orders',
    {
      last_run: runOf(58, 'Orders', { started_at: ago(8 * minute), added: 864, changed: 0, delivered: 864 }),
    },
    {
      query: { type: 'table', schema: 'shop', name: 'orders' },
      shape: { type: 'track', event_name: 'Order completed', event_name_column: null },
    },
  ),
  base(
    'Workspace owners',
    {
      status: 'needs_you',
      waiting: 312,
      problem: {
        code: 'SLU-2004',
        kind: 'sign_in_failed',
        message: 'Kestrel events no longer accepts this write key.',
        safe: '312 changes are kept on this computer and go out when the key works.',
        hint: 'Enter the new key in the connection.',
        fix: null,
        retries: false,
        details: ['HTTP 401 Unauthorized', '{"message":"Invalid Write Key"}'],
      },
      last_run: runOf(57, 'Workspace owners', {
        status: 'waiting',
        started_at: ago(53 * minute),
        delivered: 0,
        waiting: 312,
        added: 12,
        changed: 300,
      }),
    },
    { query: { type: 'sql', sql: 'select owner_email, plan from workspaces' } },
  ),
];

const runsOfLeads = (): Run[] => {
  const run = (id: number, minutes: number, more: Partial<Run> = {}) =>
    runOf(id, 'Lead ratings', {
      started_at: ago(minutes * minute),
      read: 48_000 + id * 4,
      added: (id * 37) % 210,
      changed: 1200 + ((id * 419) % 1900),
      unchanged: 44_000,
      seconds: 20 + ((id * 13) % 75),
      ...more,
    });
  return [
    runningRun(),
    run(100, 113),
    run(99, 341, { trigger: 'catch_up', status: 'completed_with_rejections', rejected: 3, seconds: 72 }),
    run(98, 383, {
      status: 'missed',
      reason: 'This computer was asleep. Caught up at 09:12.',
      read: 0,
      added: 0,
      changed: 0,
      sent: 0,
      delivered: 0,
      seconds: 0,
    }),
    run(97, 1553),
    run(96, 1823),
    run(95, 5873, { status: 'cancelled', trigger: 'manual', seconds: 22 }),
    run(94, 6143),
    run(93, 7313, {
      status: 'failed',
      seconds: 3,
      read: 0,
      sent: 0,
      delivered: 0,
      problem: {
        code: 'SLU-2004',
        kind: 'sign_in_failed',
        message: 'Kestrel production did not accept the password.',
        safe: 'Nothing was sent.',
        hint: 'Enter the password again in the connection.',
        fix: null,
        retries: false,
        details: ['FATAL: password authentication failed for user "sluice_reader"'],
      },
    }),
    run(92, 7583),
    run(91, 8753, {
      trigger: 'retry',
      read: 0,
      added: 0,
      changed: 0,
      carried: 12,
      delivered: 12,
      seconds: 1,
    }),
    run(90, 9023),
  ];
};

/** Run history of all syncs, newest first. */
export function allRuns(syncs: readonly Sync[]): Run[] {
  const last = syncs.flatMap(({ last_run }) =>
    last_run && last_run.sync !== 'Lead ratings' ? [last_run] : [],
  );
  const leads = syncs.some(({ definition }) => definition.name === 'Lead ratings') ? runsOfLeads() : [];
  return [...leads, ...last].sort((a, b) => b.started_at.localeCompare(a.started_at));
}

export const pageOfRuns = (runs: Run[], { sync, before, limit }: RunsRequest): Run[] =>
  runs
    .filter((run) => (sync === null || run.sync === sync) && (before === null || run.run < before))
    .slice(0, limit);

const who = (n: number) =>
  n % 3 === 0
    ? `${'krmwdfib'.charAt(n % 8)}•••@example.com`
    : n % 31 === 7
      ? 'عمر•••@example.com'
      : n % 3 === 1
        ? `L-${String(20_000 + (n % 9000))}`
        : `u_${String(40_000 + (n % 9000))}`;
const origin = (n: number): [sync: string, what: string, run: number] =>
  n % 7 < 4
    ? ['Lead ratings', 'leads', 101]
    : n % 7 < 6
      ? ['Product usage', 'identify', 44]
      : ['Orders', 'track', 58];

function statusOf(n: number): EventStatus {
  if (n % 37 === 2 || n % 61 === 5) return 'rejected';
  if (n % 53 === 7 || n % 53 === 8) return 'waiting';
  return n % 7 >= 4 ? 'accepted' : 'delivered';
}

/** An endless log: event `n`, 1 the oldest, `start` the newest when it began; nothing of it is stored. */
export function eventAt(n: number, start: number, began: number): Event {
  const [sync, what, run] = origin(n);
  const status = statusOf(n);
  return {
    event: `e${String(n)}`,
    at: new Date(began + (n - start) * 37 - ((n * 7919) % 23)).toISOString(),
    sync,
    run,
    status,
    change: n % 5 === 0 ? 'added' : 'changed',
    what,
    who: who(n),
    key: `L-${String(20_000 + (n % 9000))}`,
    answer: status === 'rejected' ? '200 PICKLIST' : status === 'waiting' ? '429, in 8 s' : '200',
    retryable: status === 'rejected',
    discardable: status === 'rejected' || status === 'waiting',
  };
}

/** What goes wrong in the log. */
const causes = [
  {
    cause: 1,
    code: 'SLU-3006',
    kind: 'record_rejected',
    message: 'Practice CRM refused this lead: “Blazing” is not a value of Rating.',
    of: ({ status }: Event) => status === 'rejected',
  },
  {
    cause: 2,
    code: 'SLU-2008',
    kind: 'rate_limited',
    message: 'Practice CRM asked for a pause.',
    of: ({ status }: Event) => status === 'waiting',
  },
];

export interface FakeLog {
  page: (request: EventsRequest) => EventPage;
  causes: (request: EventsRequest) => EventCauses;
  detail: (id: string, reveal: boolean) => EventDetail;
  /** So many new events arrive, or records that wait. */
  add: (count: number, waiting?: 'waiting') => void;
}

/** A log of `count` events that answers by cursor. */
export function fakeLog(start: number): FakeLog {
  let count = start;
  /** Events after this one wait. */
  let waitsFrom = Infinity;
  const began = Date.now();
  const at = (n: number): Event => {
    const event = eventAt(n, start, began);
    return n > waitsFrom ? { ...event, status: 'waiting' } : event;
  };
  const fits = (event: Event, request: EventsRequest) => {
    const { sync, run, key, statuses, search, since, before, about, errors, cause } = request;
    const isOf = causes.find((one) => one.of(event));
    return (
      (sync === null || event.sync === sync) &&
      (run === null || event.run === run) &&
      (key === null || event.key === key) &&
      (statuses.length === 0 || statuses.includes(event.status)) &&
      (since === null || event.at >= since) &&
      (before === undefined || event.at < before) &&
      (about === undefined || event.who === about || event.key === about) &&
      (errors === undefined || errors.includes(isOf?.kind ?? '')) &&
      (cause === undefined || cause === isOf?.cause) &&
      (search === null ||
        [event.who, event.key, event.answer].some((text) =>
          text.toLowerCase().includes(search.toLowerCase()),
        ))
    );
  };
  /** Counting what matches is cheap only in a short log. */
  const totalOf = (request: EventsRequest) => {
    if (count > 10_000) return null;
    let total = 0;
    for (let n = count; n > 0; n -= 1) if (fits(at(n), request)) total += 1;
    return total;
  };
  return {
    add: (more, waiting) => {
      count += more;
      if (waiting) waitsFrom = count - more;
    },
    page: (request) => {
      const events: Event[] = [];
      let n = request.cursor === null ? count : Number(request.cursor);
      for (; n > 0 && events.length < request.limit; n -= 1) {
        const event = at(n);
        if (fits(event, request)) events.push(event);
      }
      const open =
        request.sync === null &&
        request.run === null &&
        request.key === null &&
        request.statuses.length === 0 &&
        request.search === null &&
        request.since === null;
      return { events, cursor: n > 0 ? String(n) : null, total: open ? count : totalOf(request) };
    },
    causes: (request) => {
      const events: Event[] = [];
      for (let n = count; n > 0; n -= 1) {
        const event = at(n);
        if (fits(event, { ...request, search: null, key: null })) events.push(event);
      }
      const groups = causes.flatMap(({ of, ...cause }) => {
        const own = events.filter(of);
        const [last, first] = [own[0], own.at(-1)];
        if (!last || !first) return [];
        const refused = own.filter(({ retryable }) => retryable).length;
        const syncs = [...new Set(own.map(({ sync }) => sync))];
        return [
          { ...cause, mixed: false, count: own.length, refused, first_at: first.at, last_at: last.at, syncs },
        ];
      });
      return { causes: groups.sort((a, b) => b.last_at.localeCompare(a.last_at)), left_out: 0 };
    },
    detail: (id, reveal) => detailOf(at(Number(id.slice(1))), reveal),
  };
}

function detailOf(event: Event, reveal: boolean): EventDetail {
  const email = reveal ? 'mira.halden@example' : 'm•••@example';
  const body = {
    matchField: 'lead_id',
    id: event.key,
    properties: { email, lead_score: 86.5, plan: 'Team', rating: 'Blazing', consent: true, phone: null },
  };
  const rejected = event.status === 'rejected';
  const refused = {
    status: 'error',
    category: 'PICKLIST',
    message: 'rating: “Blazing” is not one of Hot, Warm, Cold',
    context: { ids: [event.key] },
  };
  const attempt = (at: string, status: number, answer: unknown, outcome: string) => ({
    at,
    took_ms: 412.4,
    target: 'POST https://crm.practice.invalid/api/v1/objects/leads/batch/upsert',
    headers: [
      ['authorization', 'Bearer in keychain'],
      ['content-type', 'application/json'],
    ] as [string, string][],
    records: 100,
    bytes: 31_877,
    body: null,
    status,
    answer: JSON.stringify(answer, null, 2),
    own_answer: status === 200 ? JSON.stringify(rejected ? refused : { status: 'updated', id: 41 }) : null,
    outcome,
  });
  return {
    event: reveal ? { ...event, who: event.who.replace('•••', 'ira.halden') } : event,
    trigger: 'schedule',
    summary: rejected
      ? 'Practice CRM refused this lead: “Blazing” is not a value of Rating. The other 99 of its batch arrived.'
      : event.status === 'waiting'
        ? 'Practice CRM asked for a pause. This record goes out by itself.'
        : `${event.sync} sent this record, and the destination took it.`,
    payload: JSON.stringify(body),
    payload_pretty: JSON.stringify(body, null, 2),
    masked: !reveal,
    message_id: '9f2c6b1e-41d7-5a0e-8c35-2f6f1b7d0a44',
    bytes: 311,
    problem: rejected
      ? {
          code: 'SLU-3006',
          kind: 'record_rejected',
          message: 'Practice CRM refused this lead: “Blazing” is not a value of Rating.',
          safe: 'The other 99 of its batch arrived, and this record is kept until you decide.',
          hint: 'Correct the row or the mapping, then send it again.',
          fix: null,
          retries: false,
          details: ['HTTP 200, record 14 of 100: PICKLIST'],
        }
      : null,
    before: null,
    attempts: rejected
      ? [
          attempt(
            new Date(new Date(event.at).getTime() - 2400).toISOString(),
            429,
            { message: 'Slow down' },
            'Asked to wait 2 s',
          ),
          attempt(
            event.at,
            200,
            { results: [{ status: 'updated', id: 40 }, refused] },
            'Refused: rating is not one of the pick list',
          ),
        ]
      : [
          attempt(
            event.at,
            event.status === 'waiting' ? 429 : 200,
            event.status === 'waiting' ? { message: 'Slow down' } : { status: 'complete', results: 100 },
            event.status === 'waiting' ? 'Asked to wait 8 s' : 'Taken',
          ),
        ],
    curl: `curl -X POST 'https://crm.practice.invalid/api/v1/objects/leads/batch/upsert' -H 'authorization: Bearer $SECRET' -d '${JSON.stringify(body)}'`,
    next_attempt_at:
      event.status === 'waiting' ? new Date(new Date(event.at).getTime() + 8000).toISOString() : null,
  };
}
