import { useEffect, useRef, useState } from 'react';
import type { Event } from '@/api/bindings/Event';

export interface OpenEvent {
  open: { event: Event; revealed: boolean } | null;
  show: (event: Event) => void;
  reveal: (revealed: boolean) => void;
  close: () => void;
  /** The next search is about the open event, which stays. */
  keep: () => void;
}

/**
 * The event shown in full. What is open and picked belongs to one search: beside another list it would be taken for one
 * of its records, so it closes, and `onLeave` forgets what was picked.
 */
export function useOpenEvent(search: string, onLeave: () => void): OpenEvent {
  const [open, setOpen] = useState<OpenEvent['open']>(null);
  const searched = useRef(search);
  const kept = useRef(false);
  useEffect(() => {
    if (searched.current === search) return;
    searched.current = search;
    onLeave();
    if (!kept.current) setOpen(null);
    kept.current = false;
  }, [search, onLeave]);
  return {
    open,
    show: (event) =>
      setOpen((last) => (last?.event.event === event.event ? last : { event, revealed: false })),
    reveal: (revealed) => setOpen((last) => last && { ...last, revealed }),
    close: () => setOpen(null),
    keep: () => {
      kept.current = true;
    },
  };
}
