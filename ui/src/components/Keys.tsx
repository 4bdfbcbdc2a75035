import styles from './Keys.module.css';

const mac = () => document.documentElement.dataset['platform'] === 'macos';

const names: Record<string, [mac: string, other: string]> = {
  mod: ['⌘', 'Ctrl'],
  shift: ['⇧', 'Shift'],
  alt: ['⌥', 'Alt'],
  enter: ['↵', '↵'],
  tab: ['⇥', '⇥'],
  backspace: ['⌫', 'Backspace'],
  esc: ['Esc', 'Esc'],
  space: ['Space', 'Space'],
  home: ['Home', 'Home'],
  end: ['End', 'End'],
  pageup: ['Page Up', 'Page Up'],
  pagedown: ['Page Down', 'Page Down'],
};

/** The words of a shortcut such as `mod+enter`, as this system writes them. */
export function keysText(shortcut: string): string {
  const parts = shortcut.split('+').map((part) => names[part]?.[mac() ? 0 : 1] ?? part.toUpperCase());
  return parts.join(mac() ? '' : ' ');
}

/** One key cap. */
export function Keys({ shortcut }: { shortcut: string }) {
  return <kbd className={styles.kbd}>{keysText(shortcut)}</kbd>;
}
