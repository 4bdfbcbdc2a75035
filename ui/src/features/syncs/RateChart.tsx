import styles from './Sync.module.css';

const width = 236;
const height = 48;

/** Records per second over the last minute; `label` says what it is. */
export function RateChart({ rates, label }: { rates: readonly number[]; label: string }) {
  if (rates.length < 2) return null;
  const most = Math.max(...rates, 1);
  const points = rates
    .map(
      (rate, index) =>
        `${((index / (rates.length - 1)) * width).toFixed(1)},${(height - 3 - (rate / most) * (height - 6)).toFixed(1)}`,
    )
    .join(' ');
  return (
    <svg
      className={styles.rates}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <polygon
        className={styles.area}
        points={`0,${String(height)} ${points} ${String(width)},${String(height)}`}
      />
      <polyline className={styles.curve} points={points} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
