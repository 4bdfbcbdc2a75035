import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { UndoLook } from '@/api/bindings/UndoLook';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { text } from './text';

/** Records of each kind that are shown. */
const SHOWN = 50;

/** What undoing a run would do, or only the records of these events. Looked at anew each time it is asked. */
export const useUndoLook = (run: number, events: string[]) =>
  useQuery({
    queryKey: ['undo_look', run, events],
    queryFn: () => call('undo_look', { run, keys: [], events, limit: SHOWN, reveal: false }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });

/** How many records an undo would write. */
export const written = (look: UndoLook, deletes: boolean): number =>
  look.put_back + look.create_again + (deletes ? look.delete : 0);

export interface Undoing {
  busy: boolean;
  /** Answers with whether the undo is on its way. */
  go: (look: UndoLook, events: string[], deletes: boolean, pause: boolean) => Promise<boolean>;
}

/** Undoes a run, and pauses its sync before where that is wanted. */
export function useUndo(): Undoing {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const go: Undoing['go'] = async (look, events, deletes, pause) => {
    setBusy(true);
    try {
      if (pause) await call('sync_pause', look.sync);
      await call('undo', { run: look.run, keys: [], events, delete_created: deletes });
      toasts.show(text.started(written(look, deletes)));
      return true;
    } catch (error) {
      const problem = asProblem(error);
      toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
      return false;
    } finally {
      setBusy(false);
      for (const key of ['runs', 'syncs', 'sync', 'event', 'person'])
        void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return { busy, go };
}
