import type { PersonEntry } from '@/api/bindings/PersonEntry';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { sameDay, weekdayOf } from '@/components/times';
import { shortDay, useNow } from '@/components/when';
import { byDay, everything, type Narrowing } from './history';
import { text } from './text';
import { type EntryActions, TimeEntry } from './TimeEntry';
import styles from './time-line.module.css';

/** `Today, Tue 24 Nov`. */
function dayName(at: string, now: number): string {
  const day = `${weekdayOf(new Date(at))} ${shortDay(at, now)}`;
  return sameDay(at, now) ? text.today(day) : day;
}

/** What was sent, day by day, newest first. */
export function TimeLine({
  history,
  entries,
  actions,
  onNarrow,
  onOlder,
  readingOlder,
}: {
  history: PersonHistory;
  /** Those that the filters let through. */
  entries: readonly PersonEntry[];
  actions: EntryActions;
  onNarrow: (narrowing: Narrowing) => void;
  onOlder: (() => void) | null;
  readingOlder: boolean;
}) {
  const now = useNow();
  return (
    <div className={styles.line}>
      {entries.length === 0 && (
        <div className={styles.nothing}>
          <Empty
            title={text.noMatch}
            action={<Button onPress={() => onNarrow(everything)}>{text.showEverything}</Button>}
          >
            {text.noMatchBody(history.entries.length)}
          </Empty>
        </div>
      )}
      {byDay(entries).map((day) => (
        <section key={day.at} aria-label={dayName(day.at, now)}>
          <h2 className={styles.day}>{dayName(day.at, now)}</h2>
          <ol>
            {day.entries.map((entry) => (
              <TimeEntry key={entry.event.event} entry={entry} all={history.entries} actions={actions} />
            ))}
          </ol>
        </section>
      ))}
      <div className={styles.end}>
        {onOlder ? (
          <Button busy={readingOlder} onPress={onOlder}>
            {text.older}
          </Button>
        ) : (
          text.end
        )}
      </div>
    </div>
  );
}
