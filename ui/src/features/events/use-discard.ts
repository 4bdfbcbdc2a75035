import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Discard } from '@/api/bindings/Discard';
import type { Discarding } from '@/api/bindings/Discarding';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { type Scope, discardsOfAll } from './retry';
import { text } from './text';

/** What is asked before records are discarded. */
export interface DiscardAsked {
  records: number;
  find: () => Promise<readonly Discard[]>;
}

export interface Discards {
  asked: DiscardAsked | null;
  ask: (discards: readonly Discard[], records: number) => void;
  askAll: (scope: Scope, which: Discarding, records: number) => void;
  /** The question was answered with no. */
  keep: () => void;
  /** The question was answered with yes. */
  go: () => void;
  busy: boolean;
}

/** Asks, and then decides that records are not sent. */
export function useDiscard(onDone: () => void): Discards {
  const client = useQueryClient();
  const [asked, setAsked] = useState<DiscardAsked | null>(null);
  const [busy, setBusy] = useState(false);
  const discard = async ({ find, records }: DiscardAsked) => {
    setBusy(true);
    try {
      for (const one of await find()) await call('discard', one);
      toasts.show(text.discarded(records));
      onDone();
    } catch (error) {
      const problem = asProblem(error);
      toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
    } finally {
      setBusy(false);
      setAsked(null);
      for (const key of ['runs', 'syncs', 'sync', 'event'])
        void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return {
    asked,
    busy,
    ask: (discards, records) => setAsked({ records, find: () => Promise.resolve(discards) }),
    askAll: (scope, which, records) =>
      setAsked({
        records,
        find: () => discardsOfAll((request) => call('events', request), scope, which),
      }),
    keep: () => setAsked(null),
    go: () => asked && void discard(asked),
  };
}
