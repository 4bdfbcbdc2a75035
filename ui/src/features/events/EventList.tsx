import { asProblem } from '@/api/client';
import { Button } from '@/components/Button';
import { ProblemBox } from '@/components/ProblemBox';
import { Waiting } from '@/components/Waiting';
import { EventGrid, type EventGridProps } from './EventGrid';
import { NoEvents, type NoEventsProps } from './NoEvents';
import { text } from './text';
import styles from './EventsScreen.module.css';

/** The rows of the log, or why there are none. */
export function EventList({
  filtered,
  onUnfilter,
  onSample,
  onNewSync,
  ...grid
}: EventGridProps & NoEventsProps) {
  const { log, state } = grid;
  if (state.error !== null && state.rows.length === 0)
    return (
      <div className={styles.nothing}>
        <ProblemBox
          problem={asProblem(state.error)}
          action={<Button onPress={() => void log.refresh()}>{text.tryAgain}</Button>}
        />
      </div>
    );
  if (state.loading) return <Waiting label={text.loading} rows={12} />;
  if (state.rows.length > 0) return <EventGrid {...grid} />;
  return <NoEvents filtered={filtered} onUnfilter={onUnfilter} onSample={onSample} onNewSync={onNewSync} />;
}
