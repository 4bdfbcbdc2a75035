import { type Dispatch, createContext, use } from 'react';
import type { Secrets } from '@/features/connection/form';
import type { WizardAction, WizardState } from './state';
import type { StepId } from './steps';

/** What the wizard's steps share. */
export interface Wizard {
  draft: string;
  state: WizardState;
  dispatch: Dispatch<WizardAction>;
  /** Secrets typed and not yet in the keychain, by end. They live in memory only. */
  secrets: Record<'warehouse' | 'destination', Secrets>;
  setSecrets: (end: 'warehouse' | 'destination', secrets: Secrets) => void;
  go: (step: StepId) => void;
  /** Leaves the wizard; the draft stays. */
  close: () => void;
  /** The draft has become a sync: it is not stored any more. */
  end: () => void;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = use(WizardContext);
  if (!wizard) throw new Error('A wizard step is rendered outside the wizard.');
  return wizard;
}
