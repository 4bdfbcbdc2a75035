import type { ScheduleDescription } from '@/api/bindings/ScheduleDescription';
import { useAppInfo } from '@/api/queries';
import { Note } from '@/components/Banner';
import { t } from '@/components/text';
import { withClocks } from '@/components/times';
import { type ScheduleForm, dayIds } from './form';
import { text } from './text';
import { Week } from './Week';
import styles from './schedule.module.css';

/** The schedule in one sentence, its zone, and the next five runs. */
export function ScheduleMeaning({
  form,
  description,
}: {
  form: ScheduleForm;
  description: ScheduleDescription | undefined;
}) {
  const settings = useAppInfo().data?.settings;
  const usable = description && !description.problem;
  return (
    <>
      <div className={styles.part} role="status">
        <p className={styles.sentence}>{usable ? withClocks(description.sentence) : text.incomplete}</p>
        {usable && form.type !== 'manual' && <p className={t('sm', 'faint')}>{description.time_zone}</p>}
        {form.type === 'manual' && <p className={t('soft')}>{text.byHand}</p>}
      </div>
      {usable && description.next.length > 0 && (
        <div className={styles.part}>
          <h2 className={t('label')}>{text.next}</h2>
          <ol className={styles.runs}>
            {description.next.map((run) => (
              <li key={run.at} className={styles.run}>
                <span className={t('medium')}>{withClocks(run.local)}</span>
                <span className={t('soft')}>{run.distance}</span>
                {run.note && <span className={styles.runNote}>{withClocks(run.note)}</span>}
              </li>
            ))}
          </ol>
        </div>
      )}
      {form.type === 'at' && usable && (
        <div className={styles.part}>
          <h2 className={t('label')}>{text.week}</h2>
          <Week times={form.times} days={dayIds.filter((day) => form.days.includes(day))} />
        </div>
      )}
      {form.type !== 'manual' && (
        <div className={styles.part}>
          {usable &&
            description.notes.map((note) => (
              <Note key={note} icon="clock">
                {withClocks(note)}
              </Note>
            ))}
          {settings?.keep_in_tray === true && <Note>{text.background}</Note>}
        </div>
      )}
    </>
  );
}
