import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Review } from './bindings/Review';
import type { ReviewFilter } from './bindings/ReviewFilter';
import { call } from './client';

const poll = 500;
const pageOfRecords = 200;
/** More pages than these are not read again and again while records are compared. */
const fresh = 3;

const keyOf = (run: number | null) => ['review', run] as const;

/** How far the records of a held run have been compared, and what came of it. */
export const useReview = (run: number | null) =>
  useQuery({
    queryKey: keyOf(run),
    queryFn: () => call('review', run ?? 0),
    enabled: run !== null,
    refetchInterval: ({ state }) => (state.data?.going ? poll : false),
    gcTime: 0,
  });

/** Compares every record of a held run. */
export function useReviewStart() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: number) => call('review_start', run),
    onSuccess: (review) => client.setQueryData<Review>(keyOf(review.run), review),
  });
}

/** The compared records, page by page, as far as they are compared. */
export function useReviewRecords({ run, going }: Review, filter: ReviewFilter, enabled: boolean) {
  const client = useQueryClient();
  useEffect(() => {
    if (!going) void client.invalidateQueries({ queryKey: ['review_records', run] });
  }, [client, run, going]);
  return useInfiniteQuery({
    queryKey: ['review_records', run, filter],
    queryFn: ({ pageParam }) =>
      call('review_records', { run, filter, after: pageParam, limit: pageOfRecords, reveal: false }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      return going && pages.length <= fresh && pages.at(-1)?.next === null ? poll : false;
    },
    gcTime: 0,
  });
}
