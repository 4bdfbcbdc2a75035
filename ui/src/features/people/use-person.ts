import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { call } from '@/api/client';
import { joined, renewed } from './history';
import { useRenewal } from './use-renewal';

const page = 50;

type Pages = InfiniteData<PersonHistory, string | null>;

/**
 * Everything ever sent to one person, page by page. `shown` is how many entries are on screen when the values are
 * revealed or masked, so that the first page is as long. What was revealed stays in memory only while it is on screen.
 * Where something changed, only the newest entries are read again.
 */
export function usePerson(about: string, reveal: boolean, shown: number) {
  const client = useQueryClient();
  const queryKey = ['person', about, reveal];
  const known = () => client.getQueryData<Pages>(queryKey);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      call('person', {
        about,
        cursor: pageParam,
        limit: pageParam === null ? Math.max(page, shown, known()?.pages[0]?.entries.length ?? 0) : page,
        reveal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor,
    // The masked values stay until the revealed ones are there; never the other way round.
    placeholderData: (previous) => (reveal ? previous : undefined),
    gcTime: reveal ? 0 : 60_000,
  });
  useRenewal(async () => {
    if (!known()) return;
    try {
      const newest = await call('person', { about, cursor: null, limit: page, reveal });
      client.setQueryData<Pages>(
        queryKey,
        (now) => now && { pages: [renewed(joined(now.pages), newest)], pageParams: [null] },
      );
    } catch {
      // Read as ever, it says what is wrong.
      await client.invalidateQueries({ queryKey });
    }
  });
  const pages = query.data?.pages;
  const history = useMemo(() => (pages ? joined(pages) : null), [pages]);
  return {
    history,
    error: query.error,
    again: () => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch()),
    older: query.hasNextPage ? () => void query.fetchNextPage() : null,
    readingOlder: query.isFetchingNextPage,
  };
}
