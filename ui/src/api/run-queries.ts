import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { EventsRequest } from './bindings/EventsRequest';
import type { HeldRequest } from './bindings/HeldRequest';
import type { RunsRequest } from './bindings/RunsRequest';
import { call } from './client';
import { keys } from './queries';

/** Run history, newest first. */
export const useRuns = (request: RunsRequest) =>
  useQuery({
    queryKey: keys.runs(request),
    queryFn: () => call('runs', request),
    placeholderData: keepPreviousData,
  });

/** Everything about one record. What was revealed stays in memory only while it is on screen. */
export const useEvent = (event: string | null, reveal: boolean) =>
  useQuery({
    queryKey: ['event', event, reveal],
    queryFn: () => call('event', { event: event ?? '', reveal }),
    enabled: event !== null,
    placeholderData: keepPreviousData,
    gcTime: reveal ? 0 : 60_000,
  });

/** Why events are in their state, in groups of one cause. */
export const useEventCauses = (filter: Omit<EventsRequest, 'cursor' | 'limit'> | null) =>
  useQuery({
    queryKey: ['event_causes', filter],
    queryFn: () => call('event_causes', { ...(filter as EventsRequest), cursor: null, limit: 0 }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
  });

/** What a held run would do. It does not change while it is held. */
export const useHeld = (request: HeldRequest | null) =>
  useQuery({
    queryKey: ['held', request],
    queryFn: () => call('held', request as HeldRequest),
    enabled: !!request,
    staleTime: Infinity,
    gcTime: 0,
  });

const pageOfRuns = 100;

/** The runs of one sync, page by page, newest first. */
export const useRunHistory = (sync: string) =>
  useInfiniteQuery({
    queryKey: ['runs', 'history', sync],
    queryFn: ({ pageParam }) => call('runs', { sync, before: pageParam, limit: pageOfRuns }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < pageOfRuns ? undefined : page.at(-1)?.run),
  });
