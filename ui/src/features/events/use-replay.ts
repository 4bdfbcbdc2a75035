import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { text } from './text';

export interface Replaying {
  busy: boolean;
  /** Why the last try did not go out. */
  problem: Problem | null;
  /** Answers with whether the record is on its way. */
  go: (event: string, payload: string | null) => Promise<boolean>;
}

/** Sends one record once more, in a run of its own. */
export function useReplay(onOpenSync: (sync: string) => void): Replaying {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const go: Replaying['go'] = async (event, payload) => {
    setBusy(true);
    setProblem(null);
    try {
      const { sync } = await call('replay', { event, payload });
      toasts.show(text.retried(1), { action: { label: text.showRun, onAction: () => onOpenSync(sync) } });
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
      for (const key of ['runs', 'syncs', 'sync', 'event'])
        void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return { busy, problem, go };
}
