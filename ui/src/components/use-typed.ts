import { useEffect, useRef, useState } from 'react';

const typingPause = 250;

/** How what is typed stands for the value. */
interface Form {
  read: (typed: string) => string;
  write: (value: string) => string;
}

const asIs: Form = { read: (typed) => typed, write: (value) => value };

/** What is typed, told on after a short pause; a change from outside wins over it. */
export function useTyped(
  value: string,
  onTyped: (value: string) => void,
  { read, write }: Form = asIs,
): [string, (value: string) => void] {
  const [state, setState] = useState<{ typed: string; seen: string; told: string | null }>({
    typed: write(value),
    seen: value,
    told: null,
  });
  const latest = useRef(onTyped);
  useEffect(() => {
    latest.current = onTyped;
  });
  if (state.seen !== value)
    setState({ typed: state.told === value ? state.typed : write(value), seen: value, told: null });
  const known = state.told ?? state.seen;
  const meant = read(state.typed);
  useEffect(() => {
    if (meant === known) return;
    const timer = setTimeout(() => {
      setState((now) => ({ ...now, told: meant }));
      latest.current(meant);
    }, typingPause);
    return () => clearTimeout(timer);
  }, [meant, known]);
  return [state.typed, (typed) => setState((now) => ({ ...now, typed }))];
}
