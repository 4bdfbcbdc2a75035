import { useEffect, useEffectEvent } from 'react';
import { type Shortcut, isPressed, isTyping } from './shortcut';

/** Calls `handler` for the shortcut from anywhere in the window; one without ⌘ or Ctrl not while one types, and not under a dialog. */
export function useShortcut(shortcut: Shortcut, handler: () => void): void {
  const latest = useEffectEvent(handler);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isPressed(event, shortcut)) return;
      const isBare = !shortcut.keys.startsWith('mod+');
      if (isBare && (isTyping(event.target) || document.querySelector('[role=dialog], [role=alertdialog]')))
        return;
      event.preventDefault();
      latest();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcut]);
}
