import type { Attempt } from '@/api/bindings/Attempt';
import type { EventStatus } from '@/api/bindings/EventStatus';
import { cx } from '@/components/cx';
import { clockMillis, clockSeconds, count, duration } from '@/components/times';
import { text } from './text';
import { partsOf, roomOf, sentenceOf } from './timeline';
import styles from './EventTimeline.module.css';

/** The tries of a record on a line: when it left, how long each answer took, and how long Sluice waited. */
export function EventTimeline({
  attempts,
  next,
  status,
}: {
  attempts: readonly Attempt[];
  next: string | null;
  status: EventStatus;
}) {
  const parts = partsOf(attempts, next, status);
  const [first] = parts;
  const last = attempts.at(-1);
  if (first?.kind !== 'try' || !last) return null;
  const words = text.detail.line;
  return (
    <div role="img" aria-label={sentenceOf(parts)} className={styles.timeline}>
      <div aria-hidden="true" className={styles.parts}>
        {parts.map((part, index) => (
          <div
            key={index}
            className={cx(styles.part, part.kind === 'wait' && styles.between)}
            style={{ flexGrow: part.kind === 'more' ? 20 : roomOf(part.ms) }}
          >
            {part.kind === 'try' ? (
              <>
                <span className={styles.caption}>{count(part.nth)}</span>
                <span className={cx(styles.try, styles[part.tone])} />
                <span className={styles.caption}>
                  {part.ms === null ? words.unanswered : `${part.answer}, ${duration(part.ms)}`}
                </span>
              </>
            ) : part.kind === 'wait' ? (
              <>
                <span className={styles.caption}>&nbsp;</span>
                <span className={cx(styles.wait, part.until !== null && styles.open)} />
                <span className={styles.caption}>
                  {part.until === null
                    ? words.wait(duration(part.ms ?? 0))
                    : words.until(clockSeconds(part.until))}
                </span>
              </>
            ) : (
              <>
                <span className={styles.caption}>&nbsp;</span>
                <span className={cx(styles.wait, styles.open)} />
                <span className={styles.caption}>{words.more(part.tries)}</span>
              </>
            )}
          </div>
        ))}
      </div>
      <div aria-hidden="true" className={styles.ends}>
        <span>{clockMillis(new Date(first.from))}</span>
        <span>{clockMillis(last.at)}</span>
      </div>
    </div>
  );
}
