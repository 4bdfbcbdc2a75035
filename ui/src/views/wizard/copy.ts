import type { Sync } from '@/api/bindings/Sync';
import { type WizardState, noEnd, stateOf } from './state';
import { text } from './text';

/** `Leads copy`, `Leads copy 2`: a name nothing else has. */
export function copyName(name: string, taken: readonly string[]): string {
  const names = new Set(taken);
  const first = text.copyOf(name);
  let next = first;
  for (let number = 2; names.has(next); number += 1) next = `${first} ${String(number)}`;
  return next;
}

/** The wizard on a copy of a saved sync: everything is as there, and where it goes is to be chosen. */
export function copyState(sync: Sync, zone: string, taken: readonly string[]): WizardState {
  return {
    ...stateOf(sync, zone),
    name: copyName(sync.definition.name, taken),
    existing: null,
    reached: 'destination',
    destination: noEnd,
    later: false,
  };
}
