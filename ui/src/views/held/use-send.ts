import { useRef, useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { asProblem, call } from '@/api/client';
import { type Found, asBefore } from '@/features/review/SinceDialog';
import type { SyncActions } from '@/features/syncs/use-sync-actions';

/** The way to sending a held run: first one looks whether the warehouse has changed since, then one is asked. */
export function useSend(name: string, run: Run | null, actions: SyncActions, onSent: () => void) {
  const [asking, setAsking] = useState<'approve' | 'since' | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [looking, setLooking] = useState(false);
  const latest = useRef(0);

  const look = async (pay: boolean) => {
    if (!run) return;
    latest.current += 1;
    const mine = latest.current;
    setLooking(true);
    let next: Found;
    try {
      next = { since: await call('held_since', { run: run.run, pay }) };
    } catch (error) {
      next = { problem: asProblem(error) };
    }
    // Somebody did not want to wait for it.
    if (mine !== latest.current) return;
    setLooking(false);
    setFound(next);
    setAsking('since' in next && asBefore(next.since) ? 'approve' : 'since');
  };
  const close = () => {
    latest.current += 1;
    setLooking(false);
    setAsking(null);
  };
  return {
    looking,
    asking,
    found,
    start: () => void look(false),
    check: () => void look(true),
    /** Asks at once, whatever has changed. */
    unlooked: () => {
      close();
      setAsking('approve');
    },
    readAgain: () => void actions.lookFirst(name).then((done) => done && close()),
    sendAnyway: () => run && void actions.approve(name, run.run).then((done) => done && onSent()),
    close,
  };
}
