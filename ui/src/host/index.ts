import type { Host } from './host';

export type { FileOptions, Host } from './host';

let current: Host | undefined;

/** Sets the program the window talks to; once, before anything is rendered. */
export function setHost(next: Host): void {
  current = next;
  document.documentElement.dataset['platform'] = next.platform;
}

/** The program around the window. */
export function host(): Host {
  if (!current) throw new Error('The host is set in main.tsx before the window is rendered.');
  return current;
}
