import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Problem } from '@/api/bindings/Problem';
import type { Run } from '@/api/bindings/Run';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { asProblem, call } from '@/api/client';
import { useEvent } from '@/api/run-queries';
import { useWizard } from './context';

const pause = 250;

/** The run, once it has ended. */
async function ended(run: Run): Promise<Run> {
  if (run.status !== 'running') return run;
  await new Promise((done) => setTimeout(done, pause));
  return ended(await call('run', run.run));
}

/** The id of the one event of a test; null where its row did not become a record. */
async function eventOf({ run, sync }: Run): Promise<string | null> {
  const any = { key: null, statuses: [], search: null, since: null, cursor: null };
  const { events } = await call('events', { ...any, sync, run, limit: 1 });
  return events[0]?.event ?? null;
}

/** Sends one record as a test: the one that is looked at, else the first a run would send. The sync is kept for it, without its schedule: nothing runs by itself before one is done. */
export function useTest(definition: SyncDefinition | null) {
  const { state, dispatch } = useWizard();
  const client = useQueryClient();
  const [going, setGoing] = useState(false);
  const [sent, setSent] = useState<{ run: Run; event: string | null } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [revealed, setRevealed] = useState(false);
  /** What is compared with: the saved sync, and what its tests delivered. */
  const [against, setAgainst] = useState(state.existing);
  const event = useEvent(sent?.event ?? null, revealed).data;

  const close = () => {
    setSent(null);
    setProblem(null);
    setRevealed(false);
  };
  const start = async (name: string, record: string | null) => {
    if (!definition || going) return;
    close();
    setGoing(true);
    try {
      await call('sync_save', {
        existing: state.existing,
        definition: { ...definition, name, schedule: { type: 'manual' } },
        draft: null,
      });
      dispatch({ type: 'kept', name });
      const run = await ended(await call('sync_test', { sync: name, record }));
      setSent({ run, event: await eventOf(run) });
      setAgainst(name);
      await Promise.all(
        [['plan'], ['syncs'], ['runs']].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setGoing(false);
    }
  };
  return {
    start,
    close,
    going,
    problem: problem ?? sent?.run.problem ?? null,
    /** Its course or its result is to be seen. */
    shown: going || sent !== null || problem !== null,
    event: sent?.event && event?.event.run === sent.run.run ? event : undefined,
    revealed,
    setRevealed,
    against,
  };
}

export type Test = ReturnType<typeof useTest>;
