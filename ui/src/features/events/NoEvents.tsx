import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { text } from './text';
import styles from './EventsScreen.module.css';

export interface NoEventsProps {
  /** There are events, and none matches. */
  filtered: boolean;
  onUnfilter: () => void;
  /** Runs the sample's sync, where there is no other. */
  onSample: (() => void) | undefined;
  onNewSync: () => void;
}

/** In the place of the list while there is nothing in it: why, and the one thing to do. */
export function NoEvents({ filtered, onUnfilter, onSample, onNewSync }: NoEventsProps) {
  return (
    <div className={styles.nothing}>
      {filtered ? (
        <Empty title={text.none.title} action={<Button onPress={onUnfilter}>{text.none.action}</Button>}>
          {text.none.body}
        </Empty>
      ) : (
        <Empty
          icon="events"
          title={text.empty.title}
          action={
            <Button look="primary" onPress={onSample ?? onNewSync}>
              {onSample ? text.empty.sample : text.empty.action}
            </Button>
          }
        >
          {text.empty.body}
        </Empty>
      )}
    </div>
  );
}
