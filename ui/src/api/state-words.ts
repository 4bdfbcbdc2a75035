import { type StateName, stateWord } from '@/components/State';
import type { EventStatus } from './bindings/EventStatus';
import { eventStates } from './sync-state';

/** The word of a state of the product. */
export const wordOf = ({ state, word }: { state: StateName; word?: string }): string =>
  word ?? stateWord(state);

/** The word of an event's state. */
export const eventWord = (status: EventStatus): string => wordOf(eventStates[status]);

export const eventStatuses = Object.keys(eventStates) as EventStatus[];
