import type { Event } from '@/api/bindings/Event';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';

/** Where payloads name whom they are about, what tells people most first. */
const places = [
  ['traits', 'email'],
  ['context', 'traits', 'email'],
  ['email'],
  ['userId'],
  ['anonymousId'],
] as const;

/** By what a payload names its person; `null` where it names nobody. */
export function namedIn(payload: string): string | null {
  let document: unknown;
  try {
    document = JSON.parse(payload);
  } catch {
    return null;
  }
  for (const path of places) {
    const value = path.reduce<unknown>(
      (node, key) => (node as Record<string, unknown> | null | undefined)?.[key],
      document,
    );
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** Opens everything about the person of a record. The window knows people only masked, so the program is asked. */
export async function openPerson({ event }: Event, onPerson: (about: string) => void): Promise<void> {
  try {
    const revealed = await call('event', { event, reveal: true });
    onPerson(namedIn(revealed.payload) ?? revealed.event.key);
  } catch (error) {
    const problem = asProblem(error);
    toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
  }
}
