import type { Event } from '@/api/bindings/Event';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';

/** Opens everything about the person of a record. The window knows people only masked, so the program is asked. */
export async function openPerson({ event }: Event, onPerson: (about: string) => void): Promise<void> {
  try {
    const revealed = await call('event', { event, reveal: true });
    onPerson(revealed.event.who);
  } catch (error) {
    const problem = asProblem(error);
    toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
  }
}
