import type { Shortcut } from './shortcut';

/** What the help tells of: the screen one is at, the error of a code, or what a supporter needs to know. */
export type HelpAbout = 'screen' | 'support' | { code: string };

export const helpShortcut: Shortcut = { keys: '?', does: 'Help on this screen, and these keys' };

let about: HelpAbout | null = null;
let heads: readonly { screen: string }[] = [];
const listeners = new Set<() => void>();
const publish = () => listeners.forEach((listener) => listener());

export const help = {
  open(next: HelpAbout): void {
    about = next;
    publish();
  },
  close(): void {
    about = null;
    publish();
  },
  /** A screen has come, until the returned function is called. */
  enter(screen: string): () => void {
    const head = { screen };
    heads = [...heads, head];
    publish();
    return () => {
      heads = heads.filter((one) => one !== head);
      publish();
    };
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  about: (): HelpAbout | null => about,
  screen: (): string | null => heads.at(-1)?.screen ?? null,
};
