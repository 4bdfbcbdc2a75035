import { useEffect, useEffectEvent } from 'react';
import { closing, isPressed } from './shortcut';

/** Calls `handler` on Escape, unless something nearer to the focus wants the key: an open list, a dialog, a filled search. */
export function useEscape(handler: () => void): void {
  const latest = useEffectEvent(handler);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (!isPressed(event, closing) || event.defaultPrevented) return;
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')) return;
      if (target instanceof HTMLInputElement && target.type === 'search' && target.value) return;
      latest();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
