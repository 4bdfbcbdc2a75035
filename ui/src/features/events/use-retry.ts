import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Retry } from '@/api/bindings/Retry';
import type { Run } from '@/api/bindings/Run';
import { asProblem, call } from '@/api/client';
import { resend } from '@/api/resend';
import { toasts } from '@/components/toasts';
import { type Scope, retriesOfAll } from './retry';
import { text } from './text';

export interface Retrying {
  send: (retries: readonly Retry[], records: number) => void;
  sendAll: (scope: Scope, records: number) => void;
  busy: boolean;
}

/** Sends refused records again, run after run, and says what became of it. */
export function useRetry(onOpenSync: (sync: string) => void): Retrying {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const send = async (find: () => Promise<readonly Retry[]>, records: number) => {
    setBusy(true);
    try {
      const action = ({ sync }: Run) => ({ label: text.showRun, onAction: () => onOpenSync(sync) });
      const [first] = await resend(async () => {
        const started = [];
        for (const retry of await find()) started.push(await call('retry', retry));
        return started;
      }, action);
      if (first) toasts.show(text.retried(records), { action: action(first) });
    } catch (error) {
      const problem = asProblem(error);
      toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
    } finally {
      setBusy(false);
      for (const key of ['runs', 'syncs', 'sync', 'event'])
        void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return {
    busy,
    send: (retries, records) => void send(() => Promise.resolve(retries), records),
    sendAll: (scope, records) =>
      void send(() => retriesOfAll((request) => call('events', request), scope), records),
  };
}
