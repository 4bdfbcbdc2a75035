import type { ReactNode } from 'react';
import { cx } from './cx';
import styles from './Panel.module.css';

/** A bordered region, no shadow: for what is picked, decided or quoted. */
export function Panel({
  head,
  sunken,
  children,
  label,
}: {
  head?: ReactNode;
  sunken?: boolean;
  children: ReactNode;
  label?: string;
}) {
  return (
    <section className={cx(styles.panel, sunken && styles.sunken)} aria-label={label}>
      {head && <div className={styles.head}>{head}</div>}
      {children}
    </section>
  );
}

/** A short table of at most a few dozen rows with its own head. Long lists use DataGrid. */
export function Table({
  label,
  head,
  children,
  look,
  inset,
  counts,
}: {
  label: string;
  head?: ReactNode;
  children: ReactNode;
  look?: 'dense' | 'tall';
  inset?: boolean;
  /** Columns are as wide as what is in them; the one with `data-grow` takes the rest, cells with `data-cut` give way. */
  counts?: boolean;
}) {
  return (
    <table
      className={cx(styles.table, look && styles[look], inset && styles.inset, counts && styles.counts)}
      aria-label={label}
    >
      {head && <thead>{head}</thead>}
      <tbody>{children}</tbody>
    </table>
  );
}
