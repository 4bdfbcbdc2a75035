import type { Event } from '@/api/bindings/Event';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import { Button } from '@/components/Button';
import { copyText } from '@/components/copy';
import { Icon } from '@/components/Icon';
import { t } from '@/components/text';
import type { EventSearch } from './filter';
import { discardsOf, retriesOf } from './retry';
import { text } from './text';
import type { Discards } from './use-discard';
import type { Retrying } from './use-retry';
import styles from './EventsScreen.module.css';

export interface EventsFooterProps {
  syncs: readonly Sync[];
  /** Runs the list may show, newest first. */
  runs: readonly Run[];
  search: EventSearch;
  chosen: ReadonlyMap<string, Event>;
  onClear: () => void;
  onSearch: (search: EventSearch) => void;
  retry: Retrying;
  discard: Discards;
}

/** What is refused and waiting under the present sync and run, and what can be done with what is picked. */
export function EventsFooter({
  syncs,
  runs,
  search,
  chosen,
  onClear,
  onSearch,
  retry,
  discard,
}: EventsFooterProps) {
  if (chosen.size > 1) {
    const retries = retriesOf(chosen.values());
    const refused = retries.reduce((sum, { events }) => sum + events.length, 0);
    const discards = discardsOf(chosen.values());
    const open = discards.reduce((sum, { events }) => sum + events.length, 0);
    return (
      <footer className={styles.footer}>
        <b className={t('medium')}>{text.selected(chosen.size)}</b>
        <Button size="sm" look="quiet" onPress={onClear}>
          {text.clearSelection}
        </Button>
        <span className={t('grow')} />
        <Button
          size="sm"
          look="quiet"
          icon="copy"
          onPress={() =>
            void copyText(
              JSON.stringify([...chosen.values()], null, 2),
              text.copied(text.selected(chosen.size)),
            )
          }
        >
          {text.copySelected}
        </Button>
        {open > 0 && (
          <Button size="sm" look="quiet" onPress={() => discard.ask(discards, open)}>
            {text.discardAll(open)}
          </Button>
        )}
        {refused > 0 && (
          <Button size="sm" icon="refresh" busy={retry.busy} onPress={() => retry.send(retries, refused)}>
            {text.retrySelected(refused)}
          </Button>
        )}
      </footer>
    );
  }
  const inSync = syncs.filter(
    ({ definition }) => search.sync === undefined || definition.name === search.sync,
  );
  const run = search.run === undefined ? undefined : runs.find((one) => one.run === search.run);
  const rejected = run ? run.rejected : inSync.reduce((sum, sync) => sum + sync.rejected, 0);
  const waiting = run ? run.waiting : inSync.reduce((sum, sync) => sum + sync.waiting, 0);
  if (rejected + waiting === 0) return null;
  const scope = { sync: search.sync ?? null, run: search.run ?? null };
  const only = (status: 'rejected' | 'waiting') => onSearch({ ...search, status: [status] });
  return (
    <footer className={styles.footer}>
      {rejected > 0 && (
        <Button size="sm" look="quiet" onPress={() => only('rejected')}>
          <Icon name="badCircle" size={14} className={t('bad')} />
          {text.rejected(rejected)}
        </Button>
      )}
      {waiting > 0 && (
        <Button size="sm" look="quiet" onPress={() => only('waiting')}>
          <Icon name="clock" size={14} className={t('warn')} />
          {text.waiting(waiting)}
        </Button>
      )}
      <span className={t('grow')} />
      {waiting > 0 && run !== undefined && run.progress === null && (
        <Button size="sm" look="quiet" onPress={() => discard.askAll(scope, 'waiting', waiting)}>
          {text.discardWaiting(waiting)}
        </Button>
      )}
      {rejected > 0 && (
        <Button size="sm" look="quiet" onPress={() => discard.askAll(scope, 'refused', rejected)}>
          {text.discardAll(rejected)}
        </Button>
      )}
      {rejected > 0 && (
        <Button
          size="sm"
          look="quiet"
          icon="refresh"
          busy={retry.busy}
          onPress={() => retry.sendAll(scope, rejected)}
        >
          {text.retryAll(rejected)}
        </Button>
      )}
    </footer>
  );
}
