import type { Event } from '@/api/bindings/Event';
import { Button } from '@/components/Button';
import { moment, useNow } from '@/components/when';
import { text } from './text';
import { useEarlier } from './use-undo';
import styles from './undo.module.css';

const words = text.earlier;

/** What can be done where an event can not be taken back: what was sent before it goes out once more. */
export function Earlier({ event, onReplay }: { event: string; onReplay: (event: Event) => void }) {
  const now = useNow();
  const earlier = useEarlier(event);
  if (earlier.data === undefined) return null;
  const before = earlier.data;
  return (
    <div className={styles.earlier}>
      <p>{before ? words.some(moment(before.at, now)) : words.none}</p>
      {before && (
        <Button icon="refresh" onPress={() => onReplay(before)}>
          {words.go}
        </Button>
      )}
    </div>
  );
}
