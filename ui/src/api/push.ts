import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { host } from '@/host';
import type { Push } from './bindings/Push';
import { keys } from './queries';
import { applyRun } from './run-push';

const listeners = new Set<(push: Push) => void>();

/** Listens to the program once, for as long as the window lives, and keeps what is on screen true. */
export function followPushes(client: QueryClient): () => void {
  return host().listen((event) => {
    const push = event as Push;
    if (push.type === 'changed')
      void client.invalidateQueries({
        predicate: ({ queryKey }) => keys.volatile.includes(String(queryKey[0])),
      });
    if (push.type === 'run') applyRun(client, push.run);
    listeners.forEach((listener) => listener(push));
  });
}

/** Calls `handler` for each push until it is stopped, wherever the window is. */
export function onPush(handler: (push: Push) => void): () => void {
  listeners.add(handler);
  return () => void listeners.delete(handler);
}

/** Calls `handler` for each push of one sort while the component is there. */
export function usePush<Type extends Push['type']>(
  type: Type,
  handler: (push: Extract<Push, { type: Type }>) => void,
): void {
  const latest = useEffectEvent(handler);
  useEffect(() => {
    const listener = (push: Push) => {
      if (push.type === type) latest(push as Extract<Push, { type: Type }>);
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [type]);
}
