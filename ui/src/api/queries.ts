import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MappingCheckRequest } from './bindings/MappingCheckRequest';
import type { PayloadPreviewRequest } from './bindings/PayloadPreviewRequest';
import type { PlanRequest } from './bindings/PlanRequest';
import type { Query } from './bindings/Query';
import type { RunsRequest } from './bindings/RunsRequest';
import type { Schedule } from './bindings/Schedule';
import { type Command, type InputOf, type OutputOf, call } from './client';

/** Names of what is cached, and which of it a `changed` push makes stale. */
export const keys = {
  alerts: ['alerts'] as const,
  appInfo: ['app_info'] as const,
  connections: ['connections'] as const,
  drafts: ['drafts'] as const,
  syncs: ['syncs'] as const,
  sync: (name: string) => ['sync', name] as const,
  run: (run: number) => ['run', run] as const,
  runs: (request: RunsRequest) => ['runs', request] as const,
  volatile: [
    'alerts',
    'app_info',
    'connections',
    'drafts',
    'syncs',
    'sync',
    'runs',
    'events',
    'event',
    'event_causes',
  ],
};

export const useAppInfo = () => useQuery({ queryKey: keys.appInfo, queryFn: () => call('app_info') });

export const useAlerts = () => useQuery({ queryKey: keys.alerts, queryFn: () => call('alerts') });

export const useCatalogue = () =>
  useQuery({ queryKey: ['catalogue'], queryFn: () => call('catalogue'), staleTime: Infinity });

/** The pages of all errors. */
export const useErrors = () =>
  useQuery({ queryKey: ['errors'], queryFn: () => call('errors'), staleTime: Infinity });

/** What the connector called `kind` says about itself. */
export function useKind(kind: string | null | undefined) {
  const { data } = useCatalogue();
  return kind
    ? [...(data?.warehouses ?? []), ...(data?.destinations ?? [])].find(({ id }) => id === kind)
    : undefined;
}

export const useConnections = () =>
  useQuery({ queryKey: keys.connections, queryFn: () => call('connections') });

export const useTables = (connection: string | null) =>
  useQuery({
    queryKey: ['tables', connection],
    queryFn: () => call('tables', connection ?? ''),
    enabled: !!connection,
    staleTime: Infinity,
  });

/** How a look at the rows of a query is asked for and kept. */
export const sourceQuery = (connection: string | null, query: Query | null) =>
  queryOptions({
    queryKey: ['source', connection, query],
    queryFn: () => call('source', { connection: connection ?? '', query: query as Query, fresh: false }),
    staleTime: Infinity,
  });

export const useSource = (connection: string | null, query: Query | null) =>
  useQuery({ ...sourceQuery(connection, query), enabled: !!connection && !!query });

export const useKeyCheck = (connection: string | null, query: Query | null, key: string[]) =>
  useQuery({
    queryKey: ['key_check', connection, query, key],
    queryFn: () => call('key_check', { connection: connection ?? '', query: query as Query, key }),
    enabled: !!connection && !!query && key.length > 0,
    staleTime: Infinity,
  });

/** The models of a dbt project, as its manifest tells of them. */
export const useDbtProject = (connection: string | null, path: string | null) =>
  useQuery({
    queryKey: ['dbt_project', connection, path],
    queryFn: () => call('dbt_project', { connection: connection ?? '', path: path ?? '' }),
    enabled: !!connection && !!path,
    staleTime: Infinity,
  });

export const usePayloadPreview = (request: PayloadPreviewRequest | null) =>
  useQuery({
    queryKey: ['payload_preview', request],
    queryFn: () => call('payload_preview', request as PayloadPreviewRequest),
    enabled: !!request,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    // Revealed values stay in memory only while they are on screen.
    gcTime: 0,
  });

export const useObjects = (connection: string | null) =>
  useQuery({
    queryKey: ['objects', connection],
    queryFn: () => call('objects', connection ?? ''),
    enabled: !!connection,
    staleTime: Infinity,
  });

/** How the sample rows suit the destination's object. What was found stays while something is changed. */
export const useMappingCheck = (request: MappingCheckRequest | null) =>
  useQuery({
    queryKey: ['mapping_check', request],
    queryFn: () => call('mapping_check', request as MappingCheckRequest),
    enabled: !!request,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });

export const useSchedule = (schedule: Schedule | null) =>
  useQuery({
    queryKey: ['schedule_describe', schedule],
    queryFn: () => call('schedule_describe', schedule as Schedule),
    enabled: !!schedule,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

export const useTimeZones = () =>
  useQuery({ queryKey: ['time_zones'], queryFn: () => call('time_zones'), staleTime: Infinity });

export const useDrafts = () => useQuery({ queryKey: keys.drafts, queryFn: () => call('drafts') });

export const useSyncs = () => useQuery({ queryKey: keys.syncs, queryFn: () => call('syncs') });

export const useSync = (name: string | null) =>
  useQuery({
    queryKey: keys.sync(name ?? ''),
    queryFn: () => call('sync', name ?? ''),
    enabled: name !== null,
  });

export const usePlan = (request: PlanRequest | null) =>
  useQuery({
    queryKey: ['plan', request],
    queryFn: () => call('plan', request as PlanRequest),
    enabled: !!request,
    staleTime: Infinity,
    gcTime: 0,
  });

/** A command that changes something; afterwards what it touches is read again. */
export function useCommand<Name extends Command>(name: Name, touches: readonly string[] = []) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: InputOf<Name>) =>
      (call as (name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>)(name, input),
    onSuccess: () => Promise.all(touches.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
