import type { Run } from './bindings/Run';
import { onPush } from './push';

/** Starts a run, and answers whether it still goes on: a short one is often over before `start` has answered. */
export async function begin(start: () => Promise<Run>): Promise<'going' | 'over'> {
  const ended = new Set<number>();
  const stop = onPush((push) => {
    if (push.type === 'run' && push.run.finished_at !== null) ended.add(push.run.run);
  });
  try {
    const { run } = await start();
    return ended.has(run) ? 'over' : 'going';
  } finally {
    stop();
  }
}
