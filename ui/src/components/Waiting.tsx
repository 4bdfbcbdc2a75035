import { useEffect, useState } from 'react';
import styles from './Waiting.module.css';

/** True once something has taken longer than 300 ms: what is faster shows no waiting at all. */
export function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return slow;
}

/** Where a list will be, while it is read. */
export function Waiting({ label, rows = 6 }: { label: string; rows?: number }) {
  const slow = useSlow();
  return (
    <div className={styles.waiting} role="status" aria-label={slow ? label : undefined}>
      {slow &&
        Array.from({ length: rows }, (_, index) => (
          <div key={index} className={styles.row}>
            <i className={styles.sign} />
            <i className={styles.bar} data-size={index % 3} />
            <i className={styles.end} />
          </div>
        ))}
    </div>
  );
}
