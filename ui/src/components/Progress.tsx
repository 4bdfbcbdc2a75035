import { useEffect, useRef } from 'react';
import styles from './Progress.module.css';

/** Blue part sent, red part rejected, kept apart by a gap. */
export function Progress({
  label,
  done,
  rejected = 0,
  total,
  text,
}: {
  label: string;
  done: number;
  rejected?: number;
  total: number;
  text?: string;
}) {
  const good = useRef<HTMLElement>(null);
  const bad = useRef<HTMLElement>(null);
  useEffect(() => {
    const share = (count: number) => `${String(total > 0 ? Math.min(100, (count / total) * 100) : 0)}%`;
    if (good.current) good.current.style.width = share(done);
    if (bad.current) bad.current.style.width = share(rejected);
  }, [done, rejected, total]);
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(total, done + rejected)}
      {...(text ? { 'aria-valuetext': text } : {})}
    >
      <i ref={good} className={styles.good} />
      {rejected > 0 && <i ref={bad} className={styles.bad} />}
    </div>
  );
}
