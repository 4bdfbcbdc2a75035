/** Keys that do something: shown and told apart from this one description. */
export interface Shortcut {
  /** Such as `mod+enter`; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
  keys: string;
  /** Other keys that do the same. */
  also?: readonly string[];
  does: string;
}

export interface PressedKey {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const named: Record<string, string> = {
  enter: 'Enter',
  esc: 'Escape',
  tab: 'Tab',
  backspace: 'Backspace',
  space: ' ',
  f2: 'F2',
  home: 'Home',
  end: 'End',
  pageup: 'PageUp',
  pagedown: 'PageDown',
  '↑': 'ArrowUp',
  '↓': 'ArrowDown',
  '←': 'ArrowLeft',
  '→': 'ArrowRight',
};

function matches(event: PressedKey, keys: string): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const [mod, alt, shift] = ['mod', 'alt', 'shift'].map((part) => parts.includes(part));
  if ((event.ctrlKey || event.metaKey) !== mod || event.altKey !== alt) return false;
  const wanted = named[key] ?? key;
  // Whether a bare sign needs Shift is the keyboard's business.
  if (!mod && !alt && !shift) return event.key === wanted;
  return event.shiftKey === shift && event.key.toLowerCase() === wanted.toLowerCase();
}

/** Whether these are the keys of the shortcut. */
export const isPressed = (event: PressedKey, { keys, also = [] }: Shortcut): boolean =>
  [keys, ...also].some((one) => matches(event, one));

/** Whether what is pressed becomes text where the focus is. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable]') !== null;

/** The key that closes. */
export const closing: Shortcut = { keys: 'esc', does: 'Close what is open on top' };
