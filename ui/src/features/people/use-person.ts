import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '@/api/client';
import { joined } from './history';

const page = 50;

/**
 * Everything ever sent to one person, page by page. `shown` is how many entries are on screen when the values are
 * revealed or masked, so that the first page is as long. What was revealed stays in memory only while it is on screen.
 */
export function usePerson(about: string, reveal: boolean, shown: number) {
  const query = useInfiniteQuery({
    queryKey: ['person', about, reveal],
    queryFn: ({ pageParam }) =>
      call('person', {
        about,
        cursor: pageParam,
        limit: pageParam === null ? Math.max(page, shown) : page,
        reveal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor,
    // The masked values stay until the revealed ones are there; never the other way round.
    placeholderData: (previous) => (reveal ? previous : undefined),
    gcTime: reveal ? 0 : 60_000,
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
