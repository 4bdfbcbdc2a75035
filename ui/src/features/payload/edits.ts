import type { Payload } from './model';

/** One thing the user did, with the payload as it was before. */
export interface Edit {
  label: string;
  at: string;
  before: Payload;
}

/** A payload with what was done to it. */
export interface Shaping {
  payload: Payload;
  past: Edit[];
  /** What was taken back; each has the payload as it was after. */
  future: Edit[];
}

const most = 200;

export const shaping = (payload: Payload): Shaping => ({ payload, past: [], future: [] });

/** Does something that can be taken back. Typing on in one field stays one edit. */
export function edit(
  state: Shaping,
  label: string,
  payload: Payload,
  { merge = false, at = new Date().toISOString() } = {},
): Shaping {
  const last = state.past.at(-1);
  if (merge && last?.label === label) return { payload, past: state.past, future: [] };
  return { payload, past: [...state.past, { label, at, before: state.payload }].slice(-most), future: [] };
}

export function undo(state: Shaping): Shaping {
  const last = state.past.at(-1);
  if (!last) return state;
  return {
    payload: last.before,
    past: state.past.slice(0, -1),
    future: [{ ...last, before: state.payload }, ...state.future],
  };
}

export function redo(state: Shaping): Shaping {
  const [next, ...rest] = state.future;
  if (!next) return state;
  return { payload: next.before, past: [...state.past, { ...next, before: state.payload }], future: rest };
}
