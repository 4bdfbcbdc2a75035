import { useRef, useState } from 'react';
import type { CheckStep } from '@/api/bindings/CheckStep';
import type { ConnectionDraft } from '@/api/bindings/ConnectionDraft';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem, call } from '@/api/client';
import { usePush } from '@/api/push';

export interface Check {
  state: 'idle' | 'running' | 'passed' | 'failed';
  steps: CheckStep[];
  /** The test itself could not be run. */
  problem: Problem | null;
}

const idle: Check = { state: 'idle', steps: [], problem: null };

/** Whether the form passed its test, for who saves it; nothing where it was not tested. */
export const foundBy = ({ state, problem }: Check): { passed?: boolean } =>
  state === 'passed' ? { passed: true } : state === 'failed' && !problem ? { passed: false } : {};

/** A connection test whose steps arrive one by one. A newer test or a reset makes an older one's answers void. */
export function useCheck() {
  const [check, setCheck] = useState<Check>(idle);
  const token = useRef('');
  usePush('check', (push) => {
    if (push.token !== token.current) return;
    setCheck((before) =>
      before.steps.some(({ step }) => step === push.step.step)
        ? before
        : { ...before, steps: [...before.steps, push.step] },
    );
  });
  const reset = () => {
    token.current = '';
    setCheck(idle);
  };
  const run = async (name: string | null, draft: ConnectionDraft | null): Promise<boolean> => {
    const mine = crypto.randomUUID();
    token.current = mine;
    setCheck({ state: 'running', steps: [], problem: null });
    try {
      const result = await call('connection_check', { token: mine, name, draft });
      if (token.current !== mine) return false;
      setCheck({ state: result.ok ? 'passed' : 'failed', steps: result.steps, problem: null });
      return result.ok;
    } catch (error) {
      if (token.current === mine) setCheck({ state: 'failed', steps: [], problem: asProblem(error) });
      return false;
    }
  };
  return { check, run, reset };
}
