import type { Event } from '@/api/bindings/Event';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import { Button } from '@/components/Button';
import { copyText } from '@/components/copy';
import { Icon } from '@/components/Icon';
import { t } from '@/components/text';
import type { EventSearch } from './filter';
import { retriesOf } from './retry';
import { text } from './text';
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
}

/** What is refused and waiting under the present sync and run, and what can be done with what is picked. */
export function EventsFooter({ syncs, runs, search, chosen, onClear, onSearch, retry }: EventsFooterProps) {
  if (chosen.size > 1) {
    const retries = retriesOf(chosen.values());
    const refused = retries.reduce((sum, { events }) => sum + events.length, 0);
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
      {rejected > 0 && (
        <Button
          size="sm"
          look="quiet"
          icon="refresh"
          busy={retry.busy}
          onPress={() => retry.sendAll({ sync: search.sync ?? null, run: search.run ?? null }, rejected)}
        >
          {text.retryAll(rejected)}
        </Button>
      )}
    </footer>
  );
}
