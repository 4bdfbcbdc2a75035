import { useEffect, useRef, useState } from 'react';

const typingPause = 250;

/** What is typed, told on after a short pause; a change from outside wins over it. */
export function useTyped(value: string, onTyped: (value: string) => void): [string, (value: string) => void] {
  const [state, setState] = useState<{ typed: string; seen: string; told: string | null }>({
    typed: value,
    seen: value,
    told: null,
  });
  const latest = useRef(onTyped);
  useEffect(() => {
    latest.current = onTyped;
  });
  if (state.seen !== value)
    setState({ typed: state.told === value ? state.typed : value, seen: value, told: null });
  const known = state.told ?? state.seen;
  useEffect(() => {
    if (state.typed === known) return;
    const timer = setTimeout(() => {
      setState((now) => ({ ...now, told: state.typed }));
      latest.current(state.typed);
    }, typingPause);
    return () => clearTimeout(timer);
  }, [state.typed, known]);
  return [state.typed, (typed) => setState((now) => ({ ...now, typed }))];
}
