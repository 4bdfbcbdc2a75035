import { toasts } from '@/components/toasts';
import { count } from '@/components/times';
import type { Run } from './bindings/Run';
import { onPush } from './push';

/** What became of records that were sent again: `1 delivered, 2 rejected again`; empty where nothing did yet. */
export const became = (runs: readonly Run[]): string => {
  const sum = (of: (run: Run) => number) => runs.reduce((all, run) => all + of(run), 0);
  const parts: [number, string][] = [
    [sum(({ delivered }) => delivered), 'delivered'],
    [sum(({ rejected }) => rejected), 'rejected again'],
    [sum(({ waiting }) => waiting), 'waiting'],
  ];
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${count(n)} ${word}`)
    .join(', ');
};

/**
 * Starts runs that send records again, and tells their end, wherever the window is by then: a run of a few records is
 * often over before `start` has answered.
 */
export async function resend(
  start: () => Promise<Run[]>,
  action?: (run: Run) => { label: string; onAction: () => void },
): Promise<Run[]> {
  const ended = new Map<number, Run>();
  let wanted: Run[] | null = null;
  const tell = () => {
    const ends = wanted?.flatMap(({ run }) => ended.get(run) ?? []) ?? [];
    if (!wanted || ends.length < wanted.length) return;
    stop();
    const [first] = ends;
    const said = became(ends);
    if (!first || said === '') return;
    const bad = ends.some(({ rejected }) => rejected > 0);
    toasts.show(said, { tone: bad ? 'bad' : 'ok', ...(action ? { action: action(first) } : {}) });
  };
  const stop = onPush((push) => {
    if (push.type !== 'run' || push.run.finished_at === null) return;
    ended.set(push.run.run, push.run);
    tell();
  });
  try {
    wanted = await start();
    // The first words are said before the last ones.
    setTimeout(tell);
    return wanted;
  } catch (error) {
    stop();
    throw error;
  }
}
