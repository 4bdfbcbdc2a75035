import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { usePush } from '@/api/push';
import { useEventCauses } from '@/api/run-queries';
import type { EventFilter } from './event-log';

/** Groups are counted again no more often than this, in ms. */
const pause = 2000;

/** Events in groups of one cause, counted again while events come; `null` asks for nothing. */
export function useCauses(filter: EventFilter | null) {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const again = () => {
    if (filter === null) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['event_causes'] });
    }, pause);
  };
  usePush('events', again);
  usePush('run', again);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useEventCauses(filter);
}
