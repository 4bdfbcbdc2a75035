import type { Sync } from '@/api/bindings/Sync';
import { useRuns } from '@/api/run-queries';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { text } from './text';
import styles from './Home.module.css';

const most = 1000;
const day = 86_400_000;

/** What went out in the last 24 hours, and what is still refused or waiting now. */
export function DaySums({ syncs, now }: { syncs: readonly Sync[]; now: number }) {
  const runs = useRuns({ sync: null, before: null, limit: most }).data;
  const recent = runs?.filter((run) => now - new Date(run.started_at).getTime() < day);
  // With more runs a day than one page has, the sum would be wrong, so it is not shown.
  const whole = recent !== undefined && recent.length < most;
  const sum = (of: (sync: Sync) => number) => syncs.reduce((total, sync) => total + of(sync), 0);
  const rejected = sum((sync) => sync.rejected);
  const waiting = sum((sync) => sync.waiting);
  const parts = [
    ...(whole
      ? [
          {
            key: 'day',
            n: recent.reduce((total, run) => total + run.delivered, 0),
            word: `${text.home.delivered} ${text.home.day}`,
            look: '',
          },
        ]
      : []),
    { key: 'rejected', n: rejected, word: text.home.rejectedNow, look: rejected > 0 ? t('bad') : '' },
    { key: 'waiting', n: waiting, word: text.home.waitingNow, look: '' },
  ];
  return (
    <p className={styles.sums}>
      {parts.map(({ key, n, word, look }, index) => (
        <span key={key}>
          {index > 0 && ', '}
          <b className={cx(styles.sum, look)}>{count(n)}</b> {word}
        </span>
      ))}
    </p>
  );
}
