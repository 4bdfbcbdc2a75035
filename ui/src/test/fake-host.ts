import type { CheckStep } from '@/api/bindings/CheckStep';
import type { Commands } from '@/api/bindings/commands';
import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionCheck } from '@/api/bindings/ConnectionCheck';
import type { Draft } from '@/api/bindings/Draft';
import type { Problem } from '@/api/bindings/Problem';
import type { Push } from '@/api/bindings/Push';
import type { Run } from '@/api/bindings/Run';
import type { Settings } from '@/api/bindings/Settings';
import type { Sync } from '@/api/bindings/Sync';
import type { Host } from '@/host';
import { activeSyncs, allRuns, fakeLog, pageOfRuns } from './fake/activity';
import { errorPages } from './fake/errors';
import { catalogue, fileObjects, practiceObjects, savedConnections } from './fake/catalogue';
import { fakeAlerts } from './fake/alerts';
import { dbtProject } from './fake/dbt';
import { checkMapping } from './fake/mapping';
import { preview } from './fake/payload';
import { entryDetail, personOf } from './fake/person';
import { heldPlan, planOf } from './fake/plan';
import { fakeReviews, unchanged } from './fake/review';
import { describe } from './fake/schedule';
import { leadScores, noIdentifier, tables, wide } from './fake/source';
import { supportDetails } from './fake/support';
import { definitionOf, runOf, savedSyncs } from './fake/syncs';
import { undoLook } from './fake/undo';

type Handlers = {
  [Name in keyof Commands]?: (
    input: Commands[Name]['input'],
  ) => Commands[Name]['output'] | Promise<Commands[Name]['output']>;
};

export interface FakeHost extends Host {
  /** Every command that was invoked, oldest first. */
  calls: { command: string; input: unknown }[];
  /** Lets the user press the window's close button. */
  askToClose: () => void;
  /** Lets the program say something by itself. */
  push: (push: Push) => void;
  /** So many new events arrive in the log, and the window is told. */
  addEvents: (count: number, rejected?: number) => void;
  /** What was compared of held runs. */
  reviews: ReturnType<typeof fakeReviews>;
  /** Answers a command differently from now on. */
  answer: <Name extends keyof Commands>(command: Name, handler: NonNullable<Handlers[Name]>) => void;
}

export const problem = (more: Partial<Problem> = {}): Problem => ({
  code: 'SLU-2004',
  kind: 'permission_denied',
  message: 'sluice_reader may not look into the schema marketing.',
  safe: 'Your login is right; nothing was read, and your entries are kept.',
  hint: 'Ask an administrator of the database to run this:',
  fix: 'GRANT USAGE ON SCHEMA marketing\n  TO sluice_reader;\nGRANT SELECT ON ALL TABLES\n  IN SCHEMA marketing\n  TO sluice_reader;',
  retries: false,
  details: ['db error: ERROR: permission denied for schema marketing', 'SQLSTATE 42501'],
  ...more,
});

const step = (id: string, label: string, note: string, took_ms: number): CheckStep => ({
  step: id,
  label,
  result: { state: 'passed', note },
  took_ms,
});

function checkSteps({ draft, name }: ConnectionCheck): CheckStep[] {
  const kind = draft?.kind ?? savedConnections.find((connection) => connection.name === name)?.kind;
  if (kind === 'sample' || kind === 'practice' || kind === 'file')
    return [step('open', 'Open it', 'On this computer', 4), step('read_row', 'Read one row', '1 row', 2)];
  const host =
    draft?.settings['host'] ?? draft?.settings['data_plane_url'] ?? 'warehouse.kestrel.example.com';
  const first = [
    step('find_host', 'Find host', host, 38),
    step('reach_port', 'Reach port', `${draft?.settings['port'] ?? '443'}, directly`, 61),
    step('secure', 'Secure connection', 'TLS 1.3, certificate valid until 9 Mar 2027', 94),
    step('sign_in', 'Sign in', `As ${draft?.settings['user'] ?? 'the write key'}`, 412),
  ];
  if (kind === 'rudderstack') return first;
  if (draft?.settings['user'] === 'SLUICE_READER') {
    return [
      ...first,
      {
        step: 'see_schemas',
        label: 'See schemas',
        result: { state: 'failed', problem: problem() },
        took_ms: 187,
      },
      { step: 'read_row', label: 'Read one row', result: { state: 'not_reached' }, took_ms: 0 },
    ];
  }
  return [
    ...first,
    step('see_schemas', 'See schemas', '3 schemas, 214 tables', 187),
    step('read_row', 'Read one row', 'From marketing.lead_scores', 58),
    {
      step: 'could_write',
      label: 'Only reads',
      result: {
        state: 'noted',
        note: 'This login could also write. Sluice only reads in any case.',
        fix: null,
      },
      took_ms: 12,
    },
  ];
}

/** A program with invented data: the same protocol, nothing behind it. `first` starts it empty. */
export function fakeHost({
  first = false,
  events = 120_000,
}: { first?: boolean; events?: number } = {}): FakeHost {
  const listeners = new Set<(event: unknown) => void>();
  const closeAsked = new Set<() => void>();
  const calls: FakeHost['calls'] = [];
  const push = (event: Push) => listeners.forEach((listener) => listener(event));
  let connections: Connection[] = first ? [] : structuredClone(savedConnections);
  let syncs: Sync[] = first
    ? []
    : [...activeSyncs(), ...structuredClone(savedSyncs)].sort((a, b) =>
        a.definition.name.localeCompare(b.definition.name),
      );
  let drafts: Draft[] = [];
  const reviews = fakeReviews();
  const log = fakeLog(first ? 0 : events);
  let settings: Settings = {
    theme: 'system',
    keep_in_tray: null,
    autostart: true,
    notify: true,
    schedules_paused: false,
    history_days: 90,
    history_megabytes: 1000,
  };
  const missing = (what: string): Problem =>
    problem({
      code: 'SLU-1002',
      kind: 'not_found',
      message: `There is no ${what}.`,
      safe: 'Nothing was changed.',
      hint: 'Go back and choose another.',
      fix: null,
      details: [],
    });
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw missing(what);
    return value;
  };

  const change = (name: string, more: Partial<Sync>): Sync => {
    const sync = {
      ...found(
        syncs.find(({ definition }) => definition.name === name),
        `sync named “${name}”`,
      ),
      ...more,
    };
    syncs = syncs.map((one) => (one.definition.name === name ? sync : one));
    return sync;
  };
  const end = (id: number, status: Run['status']): Run => {
    const run = found(
      allRuns(syncs).find((one) => one.run === id),
      `run ${String(id)}`,
    );
    const ended: Run = { ...run, status, progress: null, finished_at: new Date().toISOString() };
    change(run.sync, { status: 'healthy', held: null, last_run: ended, problem: null });
    return ended;
  };

  const handlers: Handlers = {
    app_info: () => ({
      version: '0.1.0',
      home: '/home/ana/.local/share/sluice',
      platform: 'linux',
      first_start: connections.length + syncs.length + drafts.length === 0,
      keychain: null,
      storage: null,
      time_zone: 'Europe/Berlin',
      settings,
    }),
    settings_save: (next) => (settings = next),
    support: () => supportDetails,
    ...fakeAlerts(),
    catalogue: () => catalogue,
    errors: () => errorPages,
    connections: () => connections,
    connection_save: ({ existing, draft, passed }) => {
      const kind = [...catalogue.warehouses, ...catalogue.destinations].find(({ id }) => id === draft.kind);
      const before = connections.find(({ name }) => name === existing);
      if (!existing && connections.some(({ name }) => name === draft.name))
        throw problem({
          code: 'SLU-1003',
          kind: 'name_taken',
          message: `There is already a connection named “${draft.name}”.`,
          safe: 'Nothing was changed.',
          hint: 'Choose another name.',
          fix: null,
          details: [],
        });
      const secrets = Object.fromEntries(
        (kind?.settings ?? [])
          .filter(({ secret }) => secret)
          .map(({ key }) => [
            key,
            draft.secrets[key]
              ? { state: 'saved' as const }
              : (before?.secrets[key] ?? { state: 'missing' as const }),
          ]),
      );
      const saved: Connection = {
        name: draft.name,
        kind: draft.kind,
        role: kind?.accepts ? 'destination' : 'warehouse',
        settings: draft.settings,
        secrets,
        used_by: before?.used_by ?? [],
        checked_at: passed === undefined ? null : new Date().toISOString(),
        checked_ok: passed ?? null,
      };
      connections = [
        ...connections.filter(({ name }) => name !== existing && name !== draft.name),
        saved,
      ].sort((a, b) => a.name.localeCompare(b.name));
      return saved;
    },
    connection_delete: (name) => {
      connections = connections.filter((connection) => connection.name !== name);
      return null;
    },
    connection_paste: ({ kind, text }) => {
      if (!/^[a-z]+:\/\//.test(text))
        throw problem({
          code: 'SLU-2001',
          kind: 'paste_unreadable',
          message: 'This is not an address Sluice can read.',
          safe: 'No field was changed.',
          hint: 'Paste something like postgres://user@host:5432/database, or fill the fields.',
          fix: null,
          details: [],
        });
      const url = new URL(text.replace(/^postgres(ql)?:/, 'http:'));
      if (kind !== 'postgres') return { filled: { data_plane_url: url.origin }, ignored: [] };
      const filled = {
        host: url.hostname,
        port: url.port || '5432',
        database: url.pathname.slice(1),
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      };
      return {
        filled: Object.fromEntries(Object.entries(filled).filter(([, value]) => value)),
        ignored: url.search ? ['the options after “?”'] : [],
      };
    },
    connection_check: async (request) => {
      const steps = checkSteps(request);
      for (const each of steps) {
        await Promise.resolve();
        push({ type: 'check', token: request.token, step: each });
      }
      return {
        ok: steps.every(({ result }) => result.state !== 'failed' && result.state !== 'not_reached'),
        steps,
      };
    },
    tables: () => tables,
    source: ({ query }) =>
      query.type === 'table' && query.name === 'feature_store'
        ? wide
        : query.type === 'table' && query.name === 'daily_totals'
          ? noIdentifier
          : leadScores,
    key_check: ({ key }) =>
      key.includes('lead_id')
        ? { rows: 48213, nulls: 0, duplicates: 0 }
        : { rows: 48213, nulls: 5303, duplicates: 12 },
    dbt_project: () => dbtProject,
    payload_preview: preview,
    mapping_check: checkMapping,
    objects: (name) =>
      connections.find((connection) => connection.name === name)?.kind === 'file'
        ? fileObjects
        : practiceObjects,
    schedule_describe: describe,
    time_zones: () => [
      'Africa/Nairobi',
      'America/New_York',
      'America/Sao_Paulo',
      'Asia/Tokyo',
      'Australia/Sydney',
      'Europe/Berlin',
      'Europe/London',
      'UTC',
    ],
    drafts: () => drafts,
    draft_save: (draft) => {
      const saved = { ...structuredClone(draft), saved_at: new Date().toISOString() };
      drafts = [saved, ...drafts.filter(({ id }) => id !== draft.id)];
      return saved;
    },
    draft_delete: (id) => {
      drafts = drafts.filter((draft) => draft.id !== id);
      return null;
    },
    syncs: () => syncs,
    sync: (name) =>
      found(
        syncs.find(({ definition }) => definition.name === name),
        `sync named “${name}”`,
      ),
    sync_save: ({ existing, definition, draft }) => {
      const saved: Sync = {
        ...(syncs.find((sync) => sync.definition.name === existing) ?? {
          ...(savedSyncs[2] as Sync),
          last_run: null,
          history: [],
          status: 'new',
        }),
        definition,
      };
      syncs = [...syncs.filter((sync) => ![existing, definition.name].includes(sync.definition.name)), saved];
      drafts = drafts.filter(({ id }) => id !== draft);
      return saved;
    },
    sync_delete: (name) => {
      syncs = syncs.filter(({ definition }) => definition.name !== name);
      return null;
    },
    plan: ({ sync, definition }) => planOf(definition ?? definitionOf(sync ?? 'Lead scores')),
    sync_pause: (name) => change(name, { paused: true, status: 'paused' }),
    sync_unpause: (name) => change(name, { paused: false, status: 'healthy' }),
    sync_now: ({ sync }) => {
      const run = runOf(102, sync, {
        status: 'running',
        trigger: 'manual',
        started_at: new Date().toISOString(),
        finished_at: null,
        progress: {
          phase: 'reading',
          to_send: null,
          expected_rows: 48213,
          per_second: 0,
          seconds_left: null,
          rates: [],
          waiting_for: null,
        },
      });
      change(sync, { status: 'running', last_run: run, held: null, problem: null });
      return run;
    },
    // Its event is one of the log's: that of a sync that is there from the beginning.
    sync_test: () => runOf(58, 'Orders', { trigger: 'test', read: 1, added: 1, delivered: 1, sent: 1 }),
    run_cancel: (id) => end(id, 'cancelled'),
    run_approve: (id) => end(id, 'completed'),
    run_drop: (id) => end(id, 'cancelled'),
    held: ({ run }) =>
      heldPlan(
        found(
          syncs.find(({ held }) => held?.run === run),
          `run ${String(run)}`,
        ),
      ),
    review: (run) => reviews.look(run),
    review_start: (run) => reviews.start(run),
    review_records: (request) => reviews.page(request),
    review_export: ({ run, filter }) => reviews.count(run, filter),
    held_since: () => unchanged,
    runs: (request) => pageOfRuns(allRuns(syncs), request),
    run: (id) =>
      found(
        allRuns(syncs).find(({ run }) => run === id),
        `run ${String(id)}`,
      ),
    retry: ({ run }) =>
      runOf(103, allRuns(syncs).find((one) => one.run === run)?.sync ?? '', {
        trigger: 'retry',
        status: 'running',
        finished_at: null,
      }),
    undo_look: ({ run, events, search }) =>
      undoLook(
        run,
        found(
          allRuns(syncs).find((one) => one.run === run),
          'run',
        ).sync,
        { events, search },
      ),
    undo: ({ run }) => {
      const of = found(
        allRuns(syncs).find((one) => one.run === run),
        'run',
      );
      return runOf(run + 100, of.sync, { trigger: 'undo', undoes: run });
    },
    replay: () =>
      runOf(104, 'Lead ratings', { trigger: 'replay', status: 'running', finished_at: null, carried: 1 }),
    discard: ({ run }) =>
      found(
        allRuns(syncs).find((one) => one.run === run),
        `run ${String(run)}`,
      ),
    events: (request) => log.page(request),
    event_causes: (request) => log.causes(request),
    person: personOf,
    event: ({ event, reveal }) =>
      entryDetail(event, reveal, log.detail('e1', reveal)) ?? log.detail(event, reveal),
    events_export: ({ filter }) => log.page({ ...filter, cursor: null, limit: 200_000 }).events.length,
  };

  const made: FakeHost = {
    platform: 'linux',
    calls,
    reviews,
    push,
    addEvents: (count, rejected = 0) => {
      log.add(count);
      push({ type: 'events', run: 101, outcomes: count, rejected });
    },
    answer: (command, handler) => {
      Object.assign(handlers, { [command]: handler });
    },
    invoke: async (command, input) => {
      calls.push({ command, input: structuredClone(input) });
      const handler = (handlers as Record<string, ((input: unknown) => unknown) | undefined>)[command];
      if (!handler) throw problem({ code: 'SLU-0000', message: `The fake program has no “${command}”.` });
      return structuredClone(await handler(input));
    },
    listen: (handler) => {
      listeners.add(handler);
      return () => void listeners.delete(handler);
    },
    pickFile: ({ endings }) =>
      Promise.resolve(
        endings?.includes('json') ? '/home/ana/kestrel/target/manifest.json' : '/home/ana/ca.pem',
      ),
    pickFolder: () => Promise.resolve('/home/ana/exports'),
    saveFile: ({ name }) => Promise.resolve(`/home/ana/${name}`),
    onCloseAsked: (handler) => {
      closeAsked.add(handler);
      return () => void closeAsked.delete(handler);
    },
    close: () => {
      calls.push({ command: 'close', input: null });
      return Promise.resolve();
    },
    askToClose: () => closeAsked.forEach((handler) => handler()),
  };
  // Scripts that take pictures push through this.
  Object.assign(globalThis, { fakeProgram: made });
  return made;
}
