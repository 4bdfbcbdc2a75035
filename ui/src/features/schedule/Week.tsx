import { hourOfDay, withClocks } from '@/components/times';
import { type DayId, dayIds } from './form';
import { text } from './text';
import styles from './schedule.module.css';

const width = 392;
const left = 34;
const top = 16;
const each = 22;
const x = (hours: number) => left + (hours * (width - left - 18)) / 24;

/** The runs of one week on a grid of days and hours. */
export function Week({ times, days }: { times: readonly string[]; days: readonly DayId[] }) {
  const hours = times
    .map((time) => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60)
    .filter((hour) => !Number.isNaN(hour));
  const height = top + dayIds.length * each;
  return (
    <svg
      className={styles.week}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      role="img"
      aria-label={text.weekLabel(
        times.map(withClocks).join(' and '),
        days.map((day) => text.dayNames[day]).join(', '),
      )}
    >
      {[0, 6, 12, 18, 24].map((hour) => (
        <g key={hour}>
          <line className={styles.weekLine} x1={x(hour)} x2={x(hour)} y1={top} y2={height} />
          <text className={styles.weekText} x={x(hour)} y={10} textAnchor="middle">
            {hourOfDay(hour)}
          </text>
        </g>
      ))}
      {dayIds.map((day, index) => {
        const y = top + index * each + each / 2;
        return (
          <g key={day}>
            <text className={styles.weekText} x={0} y={y + 4}>
              {text.dayNames[day]}
            </text>
            <line className={styles.weekFaint} x1={left} x2={width - 18} y1={y} y2={y} />
            {days.includes(day) &&
              hours.map((hour, at) => (
                <circle key={at} className={styles.weekDot} cx={x(hour)} cy={y} r={4} />
              ))}
          </g>
        );
      })}
    </svg>
  );
}
