import { cx } from './cx';
import styles from './Sparkline.module.css';

export interface SparkBar {
  sent: number;
  rejected: number;
  running?: boolean;
}

/** 14 bars: height = sent, red cap = some rejected, flat = nothing sent or missed. `label` names the counts. */
export function Sparkline({
  bars,
  label,
  width = 112,
  height = 22,
}: {
  bars: readonly SparkBar[];
  label: string;
  width?: number;
  height?: number;
}) {
  const most = Math.max(...bars.map((bar) => bar.sent), 1);
  const gap = 2;
  const each = (width - gap * (bars.length - 1)) / Math.max(bars.length, 1);
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      role="img"
      aria-label={label}
    >
      {bars.map((bar, index) => {
        const x = index * (each + gap);
        if (bar.sent === 0 && bar.rejected === 0)
          return <rect key={index} className={styles.flat} x={x} y={height - 2} width={each} height={2} />;
        const tall = Math.max(2, Math.round((bar.sent / most) * (height - 4)));
        return (
          <g key={index}>
            <rect
              className={cx(bar.running ? styles.now : styles.bar)}
              x={x}
              y={height - tall}
              width={each}
              height={tall}
              rx={1}
            />
            {bar.rejected > 0 && (
              <rect className={styles.rejected} x={x} y={height - tall - 4} width={each} height={3} />
            )}
          </g>
        );
      })}
    </svg>
  );
}
