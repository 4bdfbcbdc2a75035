import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { eventWord } from '@/api/state-words';
import { eventStates } from '@/api/sync-state';
import { Button, IconButton } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { Menu } from '@/components/Menu';
import { StateIcon } from '@/components/State';
import { clockTime, exactTime, sameDay } from '@/components/times';
import { shortDay, useNow } from '@/components/when';
import { Changes } from './Changes';
import { arrived, momentOf, refused } from './history';
import { text } from './text';
import styles from './time-line.module.css';

export interface EntryActions {
  /** Opens the dialog that takes back the entry's run; without it nothing is undone from here. */
  onUndo: ((entry: PersonEntry) => void) | undefined;
  onRequest: (entry: PersonEntry) => void;
  onReplay: (entry: PersonEntry) => void;
  onOnlySync: (sync: string) => void;
}

/** `10:02` on the day of the entry, else `19 Nov 10:02`. */
function beside(at: string, entry: PersonEntry, now: number): string {
  return sameDay(at, entry.event.at) ? clockTime(at) : `${shortDay(at, now)} ${clockTime(at)}`;
}

/** What happened, in a sentence. */
function sentence(entry: PersonEntry, all: readonly PersonEntry[], now: number): string {
  if (entry.undoes === null || !arrived(entry.event)) return entry.summary;
  const at = momentOf(entry.undoes, all);
  const run = at === null ? text.run(entry.undoes) : text.runOf(`${shortDay(at, now)} ${clockTime(at)}`);
  return text.putBack(run);
}

/** One time something was sent: when, by which sync, where to, how it ended, and what changed. */
export function TimeEntry({
  entry,
  all,
  actions,
}: {
  entry: PersonEntry;
  all: readonly PersonEntry[];
  actions: EntryActions;
}) {
  const now = useNow();
  const { event, undoes } = entry;
  const tookBack = undoes !== null && arrived(event);
  const place = text.place(entry.to, event.what);
  const title = tookBack ? text.undoneByYou : event.sync;
  const remark = text.triggers[entry.trigger];
  return (
    <li className={styles.entry}>
      <time className={styles.time} dateTime={event.at} title={exactTime(event.at)}>
        {clockTime(event.at)}
      </time>
      <span className={styles.sign}>
        {tookBack ? (
          <Icon name="undo" />
        ) : (
          <StateIcon state={eventStates[event.status].state} label={eventWord(event.status)} />
        )}
      </span>
      <div className={styles.content}>
        <div className={styles.entryHead}>
          <h3 className={styles.what}>
            <bdi className={styles.sync}>{title}</bdi>{' '}
            <span className={styles.place}>
              {tookBack ? text.in : text.toPlace} <bdi>{place}</bdi>
            </span>
          </h3>
          {remark !== null && <span className={styles.remark}>{remark}</span>}
          <Actions entry={entry} all={all} actions={actions} now={now} title={title} />
        </div>
        <p className={styles.outcome}>
          {sentence(entry, all, now)} <span className={styles.run}>{text.run(event.run)}</span>
          {event.answer !== '' && (
            <>
              {' '}
              <span className={styles.run}>{text.answer(event.answer)}</span>
            </>
          )}
        </p>
        <Changes entry={entry} />
      </div>
    </li>
  );
}

function Actions({
  entry,
  all,
  actions: { onUndo, onRequest, onReplay, onOnlySync },
  now,
  title,
}: {
  entry: PersonEntry;
  all: readonly PersonEntry[];
  actions: EntryActions;
  now: number;
  title: string;
}) {
  const { event, undoes, undone_by } = entry;
  const name = text.about(title, clockTime(event.at));
  const back = momentOf(undone_by, all);
  // What is on its way goes out by itself, and what was never a record can not be sent.
  const fixed = event.status === 'waiting' || event.status === 'sending' || event.status === 'invalid';
  return (
    <span className={styles.actions}>
      {undone_by !== null && (
        <span className={styles.undone}>{text.undone(back === null ? null : beside(back, entry, now))}</span>
      )}
      {onUndo && arrived(event) && undoes === null && undone_by === null && (
        <Button
          look="quiet"
          size="sm"
          icon="undo"
          aria-label={`${text.undo} ${name}`}
          onPress={() => onUndo(entry)}
        >
          {text.undo}
        </Button>
      )}
      {refused(event) && (
        <Button
          look="quiet"
          size="sm"
          aria-label={`${text.request} ${name}`}
          onPress={() => onRequest(entry)}
        >
          {text.request}
        </Button>
      )}
      <Menu
        label={`${text.more}: ${name}`}
        trigger={<IconButton icon="more" label={`${text.more}: ${name}`} />}
        actions={[
          { id: 'request', label: text.request, icon: 'events', onAction: () => onRequest(entry) },
          {
            id: 'again',
            label: text.again,
            icon: 'refresh',
            disabled: fixed,
            onAction: () => onReplay(entry),
          },
          '-',
          { id: 'sync', label: text.onlySync, icon: 'filter', onAction: () => onOnlySync(event.sync) },
        ]}
      />
    </span>
  );
}
