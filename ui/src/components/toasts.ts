/** What was done, said for 8 s, with at most one way back. */
export interface ToastMessage {
  id: number;
  text: string;
  tone: 'ok' | 'info' | 'bad';
  action?: { label: string; onAction: () => void };
}

let list: readonly ToastMessage[] = [];
let counter = 0;
const listeners = new Set<() => void>();
const publish = (next: readonly ToastMessage[]) => {
  list = next;
  listeners.forEach((listener) => listener());
};

export const toasts = {
  show(text: string, options: { tone?: ToastMessage['tone']; action?: ToastMessage['action'] } = {}): void {
    counter += 1;
    const message = {
      id: counter,
      text,
      tone: options.tone ?? 'ok',
      ...(options.action ? { action: options.action } : {}),
    };
    // Said again, it is one message that stays longer.
    publish([...list.filter((one) => one.text !== text).slice(-2), message]);
  },
  dismiss(id: number): void {
    publish(list.filter((message) => message.id !== id));
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: (): readonly ToastMessage[] => list,
};
