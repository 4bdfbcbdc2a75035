import { useEffect, useState } from 'react';
import { usePush } from '@/api/push';

/** From the first change until what is shown is renewed, in ms; more changes may follow. */
const soon = 1_000;
/** Renewing takes at most one part of the time in so many. */
const parts = 10;

type Renew = () => Promise<void>;

/** Does what is asked for often only now and then: once for all that asked in the meantime, and the more seldom the longer it takes. */
class Pace {
  private wanted: Renew | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private pause = soon;

  ask(renew: Renew) {
    this.wanted = renew;
    if (!this.busy && this.timer === undefined) this.wait();
  }

  stop() {
    this.wanted = null;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait() {
    this.timer = setTimeout(() => void this.go(), this.pause);
  }

  private async go() {
    const renew = this.wanted;
    this.wanted = null;
    this.timer = undefined;
    this.busy = true;
    const began = performance.now();
    await renew?.();
    this.pause = Math.max(soon, (performance.now() - began) * parts);
    this.busy = false;
    if (this.wanted) this.wait();
  }
}

/** Renews what is shown after the program says that something changed. `renew` does not fail. */
export function useRenewal(renew: Renew): void {
  const [pace] = useState(() => new Pace());
  usePush('changed', () => pace.ask(renew));
  // Outcomes are told before they are written; the end of a run is told after.
  usePush('run', ({ run }) => {
    if (run.finished_at !== null) pace.ask(renew);
  });
  useEffect(() => () => pace.stop(), [pace]);
}
