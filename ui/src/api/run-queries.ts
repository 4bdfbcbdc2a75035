import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunsRequest } from './bindings/RunsRequest';
import { call } from './client';
import { keys } from './queries';

/** Run history, newest first. */
export const useRuns = (request: RunsRequest) => useQuery({ queryKey: keys.runs(request), queryFn: () => call('runs', request), placeholderData: keepPreviousData });

/** Everything about one record. What was revealed stays in memory only while it is on screen. */
export const useEvent = (event: string | null, reveal: boolean) =>
  useQuery({
    queryKey: ['event', event, reveal],
    queryFn: () => call('event', { event: event ?? '', reveal }),
    enabled: event !== null,
    placeholderData: keepPreviousData,
    gcTime: reveal ? 0 : 60_000,
  });
