import { useCallback, useState } from 'react';
import type { Event } from '@/api/bindings/Event';

export interface Selection {
  chosen: ReadonlyMap<string, Event>;
  only: (event: Event) => void;
  toggle: (event: Event) => void;
  /** From where the last choice began to this row. */
  extend: (rows: readonly Event[], to: number) => void;
  clear: () => void;
}

/** Events picked for a retry or a copy. They stay picked by id while rows move. */
export function useSelection(): Selection {
  const [state, setState] = useState<{ chosen: ReadonlyMap<string, Event>; anchor: string | null }>({
    chosen: new Map(),
    anchor: null,
  });
  const only = useCallback(
    (event: Event) => setState({ chosen: new Map([[event.event, event]]), anchor: event.event }),
    [],
  );
  const toggle = useCallback((event: Event) => {
    setState(({ chosen }) => {
      const next = new Map(chosen);
      if (!next.delete(event.event)) next.set(event.event, event);
      return { chosen: next, anchor: event.event };
    });
  }, []);
  const extend = useCallback((rows: readonly Event[], to: number) => {
    setState(({ chosen, anchor }) => {
      const from = rows.findIndex((row) => row.event === anchor);
      const start = from < 0 ? to : from;
      const range = rows.slice(Math.min(start, to), Math.max(start, to) + 1);
      if (range.length === 0) return { chosen, anchor };
      return { chosen: new Map(range.map((row) => [row.event, row])), anchor: rows[start]?.event ?? anchor };
    });
  }, []);
  const clear = useCallback(() => setState({ chosen: new Map(), anchor: null }), []);
  return { chosen: state.chosen, only, toggle, extend, clear };
}
