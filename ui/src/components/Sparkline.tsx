import { cx } from './cx';
import styles from './Sparkline.module.css';

export interface SparkBar {
  sent: number;
  rejected: number;
  running?: boolean;
}

const places = 14;

/** 14 places, the last run at the right end: height = sent, red cap = some rejected, flat = nothing sent or missed. `label` names the counts. */
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
  const shown = bars.slice(-places);
  const each = (width - gap * (places - 1)) / places;
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      role="img"
      aria-label={label}
    >
      {shown.map((bar, index) => {
        const x = (places - shown.length + index) * (each + gap);
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
