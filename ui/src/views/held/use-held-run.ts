import { useEffect, useEffectEvent, useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import { toasts } from '@/components/toasts';
import { text } from './text';

/**
 * The held run of a sync, or the one that is still read to be held. Where the run that is waited for is over without
 * having been held, one is told why and led away.
 */
export function useHeldRun(
  sync: Sync | undefined,
  /** The run that is waited for. */
  watched: number | null,
  fetching: boolean,
  leave: () => void,
): { run: Run | null; reading: Run | null } {
  const held = sync?.held ?? null;
  // Until the new run is held, the one before may still be told.
  const run = held && held.run >= (watched ?? 0) ? held : null;
  const [seen, setSeen] = useState<number | null>(null);
  if (run && run.run !== seen) setSeen(run.run);
  const last = sync?.last_run ?? null;
  const before = last?.status === 'running' && last.progress?.phase !== 'sending';
  const reading = !run && before && last.run !== seen ? last : null;
  const over =
    watched !== null && !fetching && !run && !reading && last !== null && last.run >= watched ? last : null;
  const left = useEffectEvent((ended: Run) => {
    if (ended.status === 'completed' && ended.sent === 0)
      toasts.show(text.nothing(ended.sync), { tone: 'info' });
    leave();
  });
  const ended = over?.run;
  useEffect(() => {
    if (over) left(over);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each run that ended
  }, [ended]);
  return { run, reading };
}
