import type { Attempt } from '@/api/bindings/Attempt';
import type { EventStatus } from '@/api/bindings/EventStatus';
import { Badge } from '@/components/State';
import { ScrollRegion } from '@/components/ScrollRegion';
import { t } from '@/components/text';
import { byteSize, clockMillis, clockSeconds, counted, duration } from '@/components/times';
import { statusTone } from './EventBytes';
import { EventTimeline } from './EventTimeline';
import { text } from './text';
import styles from './EventDetail.module.css';

/** Every request the record was part of, oldest first. */
export function Attempts({
  attempts,
  next,
  status,
}: {
  attempts: readonly Attempt[];
  next: string | null;
  /** What became of the record, by the last of them. */
  status: EventStatus;
}) {
  const words = text.detail;
  return (
    <ScrollRegion className={styles.scroll} label={words.tabs.attempts}>
      {attempts.length === 0 && <p className={styles.quiet}>{words.noAttempts}</p>}
      <EventTimeline attempts={attempts} next={next} status={status} />
      <ol className={styles.attempts}>
        {attempts.map((attempt, index) => (
          <li key={index} className={styles.attempt}>
            <div className={t('row')}>
              <span className={styles.nth}>{index + 1}</span>
              <span className={styles.mono}>{clockMillis(attempt.at)}</span>
              {attempt.status !== null && (
                <Badge tone={statusTone(attempt.status, index === attempts.length - 1 ? status : undefined)}>
                  {attempt.status}
                </Badge>
              )}
              {attempt.took_ms !== null && (
                <span className={t('sm', 'faint', 'push')}>{words.after(duration(attempt.took_ms))}</span>
              )}
            </div>
            <p>{attempt.outcome}</p>
            <p className={t('sm', 'faint')}>
              {counted(attempt.records, 'record', 'records')}
              {attempt.took_ms !== null && `, ${byteSize(attempt.bytes)}`}
            </p>
            <p className={styles.attemptTarget}>{attempt.target}</p>
          </li>
        ))}
      </ol>
      {next && <p className={styles.quiet}>{words.next_attempt(clockSeconds(next))}</p>}
    </ScrollRegion>
  );
}
