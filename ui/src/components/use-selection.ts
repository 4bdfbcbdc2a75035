import { useCallback, useState } from 'react';

/** Rows of a long list that are chosen together. They stay chosen by id while rows move. */
export interface Selection<Row> {
  chosen: ReadonlyMap<string, Row>;
  only: (row: Row) => void;
  toggle: (row: Row) => void;
  /** From where the last choice began to this row. */
  extend: (rows: readonly Row[], to: number) => void;
  all: (rows: readonly Row[]) => void;
  clear: () => void;
}

/** `idOf` is the same function each time. */
export function useSelection<Row>(idOf: (row: Row) => string): Selection<Row> {
  const [state, setState] = useState<{ chosen: ReadonlyMap<string, Row>; anchor: string | null }>({
    chosen: new Map(),
    anchor: null,
  });
  const only = useCallback(
    (row: Row) => setState({ chosen: new Map([[idOf(row), row]]), anchor: idOf(row) }),
    [idOf],
  );
  const toggle = useCallback(
    (row: Row) => {
      setState(({ chosen }) => {
        const next = new Map(chosen);
        if (!next.delete(idOf(row))) next.set(idOf(row), row);
        return { chosen: next, anchor: idOf(row) };
      });
    },
    [idOf],
  );
  const extend = useCallback(
    (rows: readonly Row[], to: number) => {
      setState(({ chosen, anchor }) => {
        const from = rows.findIndex((row) => idOf(row) === anchor);
        const start = from < 0 ? to : from;
        const range = rows.slice(Math.min(start, to), Math.max(start, to) + 1);
        const first = rows[start];
        if (range.length === 0) return { chosen, anchor };
        return {
          chosen: new Map(range.map((row) => [idOf(row), row])),
          anchor: first ? idOf(first) : anchor,
        };
      });
    },
    [idOf],
  );
  const all = useCallback(
    (rows: readonly Row[]) =>
      setState(({ anchor }) => ({ chosen: new Map(rows.map((row) => [idOf(row), row])), anchor })),
    [idOf],
  );
  const clear = useCallback(() => setState({ chosen: new Map(), anchor: null }), []);
  return { chosen: state.chosen, only, toggle, extend, all, clear };
}
