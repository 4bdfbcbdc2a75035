import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Run } from './bindings/Run';
import type { Sync } from './bindings/Sync';
import { keys } from './queries';

type Cached = Run[] | InfiniteData<Run[]>;

const inList = (list: Run[], run: Run): Run[] => list.map((one) => (one.run === run.run ? run : one));
const inCache = (cached: Cached | undefined, run: Run): Cached | undefined =>
  cached === undefined || Array.isArray(cached)
    ? cached && inList(cached, run)
    : { ...cached, pages: cached.pages.map((page) => inList(page, run)) };

function inSync(sync: Sync, run: Run): Sync {
  if (sync.definition.name !== run.sync || sync.last_run?.run !== run.run) return sync;
  const history = sync.history.map((bar) =>
    bar.run === run.run
      ? { run: run.run, delivered: run.delivered, rejected: run.rejected, status: run.status }
      : bar,
  );
  return { ...sync, last_run: run, history };
}

/**
 * Puts a run that moved where it is shown. Only where it is new or has ended are the lists read again:
 * pushes come up to ten times a second, and each read of a list costs the database a query.
 */
export function applyRun(client: QueryClient, run: Run): void {
  client.setQueryData(keys.run(run.run), run);
  const before =
    client.getQueryData<Sync>(keys.sync(run.sync)) ??
    client.getQueryData<Sync[]>(keys.syncs)?.find(({ definition }) => definition.name === run.sync);
  client.setQueryData<Sync[]>(keys.syncs, (syncs) => syncs?.map((sync) => inSync(sync, run)));
  client.setQueryData<Sync>(keys.sync(run.sync), (sync) => sync && inSync(sync, run));
  client.setQueriesData<Cached>({ queryKey: ['runs'] }, (cached) => inCache(cached, run));
  const moved = run.status === 'running' && before?.last_run?.run === run.run && before.status === 'running';
  if (moved) return;
  for (const queryKey of [keys.syncs, keys.sync(run.sync), ['runs']])
    void client.invalidateQueries({ queryKey });
}
