import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { Settings } from '@/api/bindings/Settings';
import type { Sync } from '@/api/bindings/Sync';
import { begin } from '@/api/begin';
import { asProblem, call } from '@/api/client';
import { resend } from '@/api/resend';
import { toasts } from '@/components/toasts';
import { isLookedAt } from './describe';
import { text } from './text';

const touched = ['syncs', 'sync', 'runs', 'drafts', 'app_info'];

/** What can be done to a sync and its runs. Each says what it did, or what stood in its way. */
export function useSyncActions() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<string | null>(null);
  const act = useCallback(
    async (what: string, work: () => Promise<unknown>, said: string, undo?: () => void) => {
      setBusy(what);
      try {
        const done = await work();
        // What is over already is not said to have started.
        if (said && done !== 'over')
          toasts.show(said, undo ? { action: { label: text.undo, onAction: undo } } : {});
        return true;
      } catch (error) {
        const problem = asProblem(error);
        toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
        return false;
      } finally {
        setBusy(null);
        await Promise.all(touched.map((key) => client.invalidateQueries({ queryKey: [key] })));
      }
    },
    [client],
  );
  const start = (sync: string, full: boolean) =>
    act(
      `run ${sync}`,
      () => begin(() => call('sync_now', { sync, full, approve: false, review: false, planned: null })),
      text.said.sync_now(sync),
    );
  /** Reads and compares, and holds the run before anything is sent; what it would do is shown meanwhile. */
  const lookFirst = (sync: string) =>
    act(
      `look ${sync}`,
      async () => {
        const { run } = await call('sync_now', {
          sync,
          full: false,
          approve: false,
          review: true,
          planned: null,
        });
        await navigate({ to: '/syncs/$name/held', params: { name: sync }, search: { run } });
      },
      '',
    );
  const resume = (sync: string) =>
    act(`pause ${sync}`, () => call('sync_unpause', sync), text.said.sync_unpause(sync));
  return {
    /** Which action is under way, such as `run Lead scores`. */
    busy,
    syncNow: (sync: string) => start(sync, false),
    full: (sync: string) => start(sync, true),
    lookFirst,
    approve: (sync: string, run: number) =>
      act(`run ${sync}`, () => begin(() => call('run_approve', run)), text.said.sync_now(sync)),
    cancel: (sync: string, run: number) =>
      act(`cancel ${String(run)}`, () => call('run_cancel', run), text.said.run_cancel(sync)),
    drop: ({ definition, problem }: Sync, run: number) =>
      act(
        `drop ${String(run)}`,
        () => call('run_drop', run),
        isLookedAt(problem) ? text.said.not_sent : text.said.run_drop(definition.name),
      ),
    pause: (sync: string) =>
      act(
        `pause ${sync}`,
        () => call('sync_pause', sync),
        text.said.sync_pause(sync),
        () => void resume(sync),
      ),
    resume,
    pauseAll: (settings: Settings, schedules_paused: boolean) =>
      act(
        'pause all',
        () => call('settings_save', { ...settings, schedules_paused }),
        schedules_paused ? text.said.pause_all : text.said.resume_all,
      ),
    remove: (sync: string) =>
      act(`delete ${sync}`, () => call('sync_delete', sync), text.said.sync_delete(sync)),
    retry: (run: number, records: number) =>
      act(
        `retry ${String(run)}`,
        () => resend(async () => [await call('retry', { run, keys: [], events: [] })]),
        text.runs.retried(records),
      ),
    discardEdit: (id: string, name: string) =>
      act(`draft ${id}`, () => call('draft_delete', id), text.said.discard_edit(name)),
    deleteDraft: (id: string, title: string) =>
      act(`draft ${id}`, () => call('draft_delete', id), text.home.draftGone(title)),
  };
}

export type SyncActions = ReturnType<typeof useSyncActions>;
