import type { Connection } from '@/api/bindings/Connection';
import type { Draft } from '@/api/bindings/Draft';
import type { Problem } from '@/api/bindings/Problem';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { ahead } from '@/components/when';
import { text } from './text';

/** The id of the draft that an edit of the saved sync is kept as. */
export const editOf = (name: string): string => `sync:${name}`;

/** Drafts of syncs that are not there yet: an unfinished edit of a saved sync is offered on the sync's own page. */
export function newDrafts(drafts: readonly Draft[], syncs: readonly Sync[]): Draft[] {
  const edits = new Set(syncs.map(({ definition }) => editOf(definition.name)));
  return drafts.filter(({ id }) => !edits.has(id));
}

/** The id of the draft that becomes a copy of the saved sync; each copy is a draft of its own. */
export const copyOf = (name: string): string => `copy:${crypto.randomUUID()}:${name}`;

/** The saved sync that a draft of this id starts from, and whether it is copied; null for any other draft. */
export function startOf(draft: string): { name: string; copy: boolean } | null {
  if (draft.startsWith('sync:')) return { name: draft.slice('sync:'.length), copy: false };
  const name = /^copy:[^:]*:(.*)$/s.exec(draft)?.[1];
  return name === undefined ? null : { name, copy: true };
}

/** The table's name, or "SQL". */
export const sourceName = ({ query }: SyncDefinition): string =>
  query.type === 'table' ? query.name : 'SQL';

/** The table with its schema, or the statement. */
export const sourceFull = ({ query }: SyncDefinition): string =>
  query.type === 'table' ? `${query.schema}.${query.name}` : query.sql;

/** `identify`, `track`, or the object's name. */
export const shapeName = ({ shape }: SyncDefinition): string =>
  shape.type === 'record' ? shape.object : shape.type;

/** Changes a run was to send, from what it read. */
export const changesOf = (run: Pick<Run, 'added' | 'changed' | 'removed'>): number =>
  run.added + run.changed + run.removed;

/** Everything a held or running run would send, what it carries along included. */
export const toSend = (run: Run): number => run.progress?.to_send ?? changesOf(run) + run.carried;

/**
 * What became of the records a run could not deliver: how many it can send again, or that a later run took
 * them over. `open` of the sync are rejected still. A run takes over what runs before it left rejected, so only the
 * newest that has some can send them again, and none while another run is about to take them.
 */
export function ofRejected(run: Run, runs: readonly Run[], open: number): number | 'taken' | null {
  if (run.rejected === 0 || run.status === 'running') return null;
  const later = runs.filter((other) => other.run > run.run);
  if (later.some(({ status, read, carried }) => status !== 'running' && read + carried > 0)) return 'taken';
  if (later.some(({ status }) => status === 'running')) return null;
  return Math.min(run.rejected, open) || null;
}

const ofConnection = [
  'bad_settings',
  'secret_missing',
  'keychain_absent',
  'tls_failed',
  'sign_in_failed',
  'not_allowed',
  'key_unusable',
  'network_policy',
  'clock_wrong',
  'role_missing',
  'no_compute',
  'compute_stopped',
  'sign_in_expired',
  'api_off',
  'no_billing',
  'scope_missing',
  'address_barred',
];

/** The run is held because somebody asked to look first, not by a brake. */
export const isLookedAt = (problem: Problem | null): boolean => problem?.kind === 'to_review';

/** What keeps a sync from running, with what to do in a window: names in the environment are for servers. */
export function inWindow(problem: Problem): Problem {
  const words = problem.kind === 'secret_missing' ? text.noSecret : text.noKeychain;
  return ['secret_missing', 'keychain_absent'].includes(problem.kind)
    ? { ...problem, ...words, fix: null }
    : problem;
}

/** The connection one has to mend, where that is what stands in the sync's way. */
export function toMend(
  { status, problem, definition, last_run: run }: Sync,
  connections: readonly Connection[],
): string | null {
  if (status !== 'needs_you' || !problem || !ofConnection.includes(problem.kind)) return null;
  const { from, to } = definition;
  const bare = connections.find(
    ({ name, secrets }) =>
      (name === from || name === to) && Object.values(secrets).some(({ state }) => state === 'missing'),
  );
  // A run that has something to send has read its rows: the other side refused.
  return bare?.name ?? (run && toSend(run) > 0 ? to : from);
}

/** Syncs that need the user for one cause: what is mended once is mended for all of them. A held run is decided by itself. */
export function byCause(syncs: readonly Sync[], connections: readonly Connection[]): Sync[][] {
  const groups = new Map<string, Sync[]>();
  for (const sync of syncs) {
    const { status, problem, definition } = sync;
    const isOwn = status === 'held' || !problem;
    // One keychain keeps the secrets of all connections; else it is the same connection, or the same words.
    const where =
      problem?.kind === 'keychain_absent' ? '' : (toMend(sync, connections) ?? problem?.message ?? '');
    const cause = isOwn ? `own ${definition.name}` : JSON.stringify([problem.kind, where]);
    groups.set(cause, [...(groups.get(cause) ?? []), sync]);
  }
  return [...groups.values()];
}

/** What the column "Next run" says. */
export function nextRun(sync: Sync, now: number, allPaused: boolean): string {
  if (sync.status === 'held') return text.next.held;
  if (sync.status === 'needs_you') return text.next.needsYou;
  if (sync.status === 'no_destination') return text.next.none;
  if (sync.definition.schedule.type === 'manual') return text.next.manual;
  if (sync.paused || allPaused) return text.next.paused;
  if (sync.status === 'waiting_for_network') return text.next.offline;
  if (sync.status === 'waiting') return text.next.again;
  return sync.next_run_at ? ahead(sync.next_run_at, now) : text.next.none;
}

/** Which of Home's filters a sync belongs to. */
export type Group = 'needsYou' | 'running' | 'healthy' | 'other';
const order: Record<Group, number> = { needsYou: 0, running: 1, healthy: 2, other: 2 };

/** What stands still for want of the user comes before a run that waits for a decision; of each, what has waited longest. */
function byNeed(a: Sync, b: Sync): number {
  if (groupOf(a) !== 'needsYou' || groupOf(b) !== 'needsYou') return 0;
  const since = ({ last_run: run }: Sync) => Date.parse(run?.started_at ?? '') || 0;
  return Number(a.status === 'held') - Number(b.status === 'held') || since(a) - since(b);
}

/** What needs the user first, the most urgent on top, then what runs, then the rest by name. */
export const byUrgency = (a: Sync, b: Sync): number =>
  order[groupOf(a)] - order[groupOf(b)] || byNeed(a, b) || a.definition.name.localeCompare(b.definition.name);

export function groupOf({ status }: Sync): Group {
  if (status === 'held' || status === 'needs_you') return 'needsYou';
  if (status === 'running') return 'running';
  return status === 'healthy' ? 'healthy' : 'other';
}
