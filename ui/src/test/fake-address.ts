import type { Host } from '@/host';
import { fakeHost } from './fake-host';
import { type ScreenState, inState, nameKinds, states, withNames } from './fake-state';

const kinds = Object.keys(nameKinds) as (keyof typeof nameKinds)[];

/** The invented program an address asks for: `&first`, `&state=empty|loading|error`, `&names=long|unbroken|right`. */
export function hostOf(address: URLSearchParams): Host {
  const state: ScreenState = states.find((one) => one === address.get('state')) ?? 'full';
  const host = inState(fakeHost({ first: address.has('first') }), state);
  const kind = kinds.find((one) => one === address.get('names'));
  if (!kind) return host;
  const named = withNames(host, kind);
  // What a test has to ask for by its name.
  Object.assign(globalThis, { nameOf: named.of });
  return named.host;
}
