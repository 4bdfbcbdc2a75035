import type { StateName } from '@/components/State';
import type { EventStatus } from './bindings/EventStatus';
import type { RunStatus } from './bindings/RunStatus';
import type { SyncStatus } from './bindings/SyncStatus';

/** How the states of the product look, and their words where they differ from the look's own. */
export const syncStates: Record<SyncStatus, { state: StateName; word?: string }> = {
  healthy: { state: 'healthy' },
  running: { state: 'running' },
  waiting_for_network: { state: 'offline' },
  waiting: { state: 'waiting', word: 'Waiting to try again' },
  rejected: { state: 'completedWithRejections', word: 'Records rejected' },
  needs_you: { state: 'needsYou' },
  held: { state: 'held' },
  paused: { state: 'paused' },
  no_destination: { state: 'draft', word: 'No destination' },
  new: { state: 'draft', word: 'Never run' },
};

export const runStates: Record<RunStatus, { state: StateName; word?: string }> = {
  running: { state: 'running' },
  completed: { state: 'completed' },
  completed_with_rejections: { state: 'completedWithRejections', word: 'Completed, some rejected' },
  held: { state: 'held' },
  cancelled: { state: 'cancelled' },
  failed: { state: 'failed' },
  waiting: { state: 'waiting' },
  missed: { state: 'missed' },
};

export const eventStates: Record<EventStatus, { state: StateName; word?: string }> = {
  delivered: { state: 'delivered' },
  accepted: { state: 'accepted' },
  waiting: { state: 'waiting' },
  sending: { state: 'sending' },
  rejected: { state: 'rejected' },
  doubtful: { state: 'completedWithRejections', word: 'Doubtful' },
  superseded: { state: 'cancelled', word: 'Superseded' },
  discarded: { state: 'cancelled', word: 'Discarded' },
  invalid: { state: 'failed', word: 'Invalid' },
};
