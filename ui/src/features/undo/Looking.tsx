import { useEffect, useState } from 'react';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { text } from './text';
import styles from './undo.module.css';

/** After this long one is told how long it may take. */
const LONG_MS = 4000;

/** While every record is compared: what with, and after a while how long that may take. */
export function Looking({ to, records }: { to: string; records: number | undefined }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className={styles.looking}>
      <State state="running">{text.looking(to, records)}</State>
      {long && <p className={t('sm', 'soft')}>{text.lookingLong(to)}</p>}
    </div>
  );
}
