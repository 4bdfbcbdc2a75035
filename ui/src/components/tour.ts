/** Where it is remembered that the tour was taken or declined. */
const remembered = 'sluice.tour';

let on = false;
const listeners = new Set<() => void>();
const publish = (next: boolean) => {
  on = next;
  localStorage.setItem(remembered, 'seen');
  listeners.forEach((listener) => listener());
};

/** The short tour of the window: begun from Home or the help, left at any time. */
export const tour = {
  start: (): void => publish(true),
  /** Ends it, or declines it before it began. */
  leave: (): void => publish(false),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isOn: (): boolean => on,
  /** Nobody took or declined it in this window yet. */
  isNew: (): boolean => localStorage.getItem(remembered) === null,
};
