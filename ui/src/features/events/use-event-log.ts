import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { call } from '@/api/client';
import { usePush } from '@/api/push';
import { EventLog, type EventFilter, type EventLogState } from './event-log';

/** The log under one filter, renewed by what the backend pushes. A new filter begins a new log, which follows where the last one did. */
export function useEventLog(filter: EventFilter): [EventLog, EventLogState] {
  const key = JSON.stringify(filter);
  const log = useMemo(
    () => new EventLog((request) => call('events', request), JSON.parse(key) as EventFilter),
    [key],
  );
  const follows = useRef(true);
  useEffect(() => {
    log.open();
    log.follow(follows.current);
    const { current } = log;
    return () => {
      follows.current = current().following;
      log.close();
    };
  }, [log]);
  usePush('events', () => void log.refresh());
  usePush('changed', () => void log.refresh());
  // Outcomes are told before they are written; the end of a run is told after.
  usePush('run', ({ run }) => {
    if (run.finished_at !== null) void log.refresh();
  });
  return [log, useSyncExternalStore(log.subscribe, log.current)];
}
