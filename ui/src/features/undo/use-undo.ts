import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { UndoLook } from '@/api/bindings/UndoLook';
import { begin } from '@/api/begin';
import { asProblem, call } from '@/api/client';
import { useCommand } from '@/api/queries';
import { toasts } from '@/components/toasts';
import { text } from './text';

/** Records of each kind that are shown. */
const SHOWN = 50;

/**
 * What undoing a run would do, or only the records of these events, or those that contain a text. Looked at anew each
 * time it is asked.
 */
export const useUndoLook = (run: number, events: readonly string[], search = '') =>
  useQuery({
    queryKey: ['undo_look', run, events, search],
    queryFn: () =>
      call('undo_look', {
        run,
        keys: [],
        events: [...events],
        ...(search === '' ? {} : { search }),
        limit: SHOWN,
        reveal: false,
      }),
    placeholderData: keepPreviousData,
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
  go: (look: UndoLook, events: readonly string[], deletes: boolean, pause: boolean) => Promise<boolean>;
}

/** Undoes a run, and pauses its sync before where that is wanted. */
export function useUndo(): Undoing {
  const undo = useCommand('undo', ['runs', 'syncs', 'sync', 'event', 'person']);
  const pause = useCommand('sync_pause', ['syncs', 'sync']);
  const [busy, setBusy] = useState(false);
  const go: Undoing['go'] = async (look, events, deletes, pauses) => {
    setBusy(true);
    try {
      if (pauses) await pause.mutateAsync(look.sync);
      const how = await begin(() =>
        undo.mutateAsync({ run: look.run, keys: [], events: [...events], delete_created: deletes }),
      );
      if (how === 'going') toasts.show(text.started(written(look, deletes)));
      return true;
    } catch (error) {
      const problem = asProblem(error);
      toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, go };
}

/** What was sent for the record of an event before it, of what arrived; `null` where nothing was. */
export const useEarlier = (event: string | undefined) =>
  useQuery({
    queryKey: ['earlier', event],
    queryFn: async (): Promise<Event | null> => {
      // The window may know the key only masked.
      const { sync, key } = (await call('event', { event: event ?? '', reveal: true })).event;
      const page = await call('events', {
        sync,
        run: null,
        key,
        statuses: ['delivered', 'accepted'],
        search: null,
        since: null,
        cursor: event ?? null,
        limit: 1,
      });
      return page.events[0] ?? null;
    },
    enabled: event !== undefined,
    gcTime: 0,
  });
