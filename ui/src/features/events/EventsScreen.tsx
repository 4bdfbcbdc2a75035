import { useEffect, useMemo, useRef, useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import { asProblem } from '@/api/client';
import { useSyncs } from '@/api/queries';
import { useEvent, useRuns } from '@/api/run-queries';
import { Button } from '@/components/Button';
import { Switch } from '@/components/Checkbox';
import { copyText } from '@/components/copy';
import { count } from '@/components/times';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { t } from '@/components/text';
import { useSelection } from '@/components/use-selection';
import { useNow } from '@/components/when';
import { DiscardQuestion } from './DiscardQuestion';
import { EventCauses } from './EventCauses';
import { EventDetail } from './EventDetail';
import { EventFilters } from './EventFilters';
import { EventList } from './EventList';
import { EventsFooter } from './EventsFooter';
import { ExportDialog } from './ExportDialog';
import { type EventSearch, isFiltered, presentOf, toFilter } from './filter';
import { openPerson } from './person';
import { discardsOf, retriesOf } from './retry';
import { text } from './text';
import { useDiscard } from './use-discard';
import { useEventLog } from './use-event-log';
import { useHeard } from './use-heard';
import { useOpenEvent } from './use-open-event';
import { useRetry } from './use-retry';
import styles from './EventsScreen.module.css';

export interface EventsScreenProps {
  search: EventSearch;
  onSearch: (search: EventSearch) => void;
  onNewSync: () => void;
  /** Runs the sample's sync, where there is no other. */
  onSample: (() => void) | undefined;
  /** A retry became a run of its own. */
  onOpenSync: (sync: string) => void;
  /** What one record wrote is to be taken back. */
  onUndo: (event: Event) => void;
  /** One record is to be sent once more. */
  onReplay: (event: Event, correct: boolean) => void;
  /** Everything about one person, by an exact identifier. */
  onPerson: (about: string) => void;
}

const idOf = ({ event }: Event): string => event;

/** Every record as it goes: a list that follows, and one record in full beside it. */
export function EventsScreen({
  search,
  onSearch,
  onNewSync,
  onSample,
  onOpenSync,
  onUndo,
  onReplay,
  onPerson,
}: EventsScreenProps) {
  const now = useNow();
  const day = presentOf(search, now);
  const address = JSON.stringify(search);
  const filter = useMemo(() => toFilter(JSON.parse(address) as EventSearch, Date.parse(day)), [address, day]);
  const [log, state] = useEventLog(filter);
  const syncs = useSyncs();
  const runs = useRuns({ sync: search.sync ?? null, before: null, limit: 30 });
  const selection = useSelection(idOf);
  const opened = useOpenEvent(address, selection.clear);
  const { open } = opened;
  const [active, setActive] = useState(-1);
  const [why, setWhy] = useState<keyof typeof text.stoppedWhy>('scroll');
  const [exporting, setExporting] = useState(false);
  const retry = useRetry(onOpenSync);
  const discard = useDiscard(() => {
    selection.clear();
    void log.refresh();
  });
  const heard = useHeard();
  const detail = useEvent(open?.event.event ?? null, open?.revealed ?? false);

  // Rows have their places in one list.
  const begun = useRef(log);
  useEffect(() => {
    if (begun.current === log) return;
    begun.current = log;
    setActive(-1);
  }, [log]);

  const stop = (because: keyof typeof text.stoppedWhy) => {
    if (log.current().following) setWhy(because);
    log.follow(false);
  };
  const show = (event: Event) => {
    stop('open');
    opened.show(event);
  };
  const close = () => {
    opened.close();
    // What stopped it is not on screen any more.
    setWhy((last) => (last === 'open' ? 'switch' : last));
  };
  const step = (by: number) => {
    const place = open ? state.rows.findIndex((row) => row.event === open.event.event) : -1;
    const target = place < 0 ? undefined : state.rows[place + by];
    if (!target) return undefined;
    return () => {
      setActive(place + by);
      selection.only(target);
      show(target);
    };
  };

  const { by, ...inList } = search;
  const byCause = by === 'cause';
  const filtered = isFiltered(search);
  const nothing = !state.loading && state.rows.length === 0 && state.error === null;
  const list = byCause ? (
    <EventCauses filter={filter} onOnly={(cause) => onSearch({ ...inList, cause })} retry={retry} />
  ) : (
    <EventList
      filtered={filtered}
      onUnfilter={() => onSearch({})}
      onSample={onSample}
      onNewSync={onNewSync}
      log={log}
      state={state}
      selection={selection}
      openId={open?.event.event ?? null}
      active={active}
      onActive={setActive}
      onOpen={show}
      onClose={close}
      stoppedWhy={text.stoppedWhy[why]}
      onStop={() => stop('scroll')}
    />
  );
  const main = (
    <div className={styles.list}>
      {list}
      {!byCause && state.error !== null && state.rows.length > 0 && (
        <div className={styles.failed}>
          <ProblemBox
            problem={asProblem(state.error)}
            action={<Button onPress={() => void log.again()}>{text.tryAgain}</Button>}
          />
        </div>
      )}
      <EventsFooter
        syncs={syncs.data ?? []}
        runs={runs.data ?? []}
        search={search}
        chosen={selection.chosen}
        onClear={selection.clear}
        onSearch={onSearch}
        retry={retry}
        discard={discard}
      />
    </div>
  );
  return (
    <>
      <Toolbar
        title={text.title}
        help="events"
        note={
          state.total !== null && !filtered && <span className={styles.kept}>{text.kept(state.total)}</span>
        }
      >
        <Button look="quiet" icon="export" isDisabled={nothing} onPress={() => setExporting(true)}>
          {text.export}
        </Button>
        <Switch
          on={byCause}
          onChange={(on) => {
            opened.close();
            onSearch(on ? { ...search, by: 'cause' } : inList);
          }}
        >
          {text.byCause}
        </Switch>
        <Switch
          disabled={byCause}
          on={state.following}
          onChange={(on) => (on ? log.follow(true) : stop('switch'))}
        >
          {text.follow}
        </Switch>
      </Toolbar>
      <EventFilters
        search={search}
        onSearch={onSearch}
        syncs={syncs.data?.map((sync) => sync.definition.name) ?? null}
        runs={runs.data ?? []}
        match={
          !filtered || state.loading || byCause
            ? ''
            : text.match(state.total ?? state.rows.length, state.total === null && state.more)
        }
      />
      <Body>
        <SplitPane
          id="event"
          label={text.detail.label}
          size={428}
          min={296}
          open
          shown={open !== null}
          side={
            open && (
              <EventDetail
                event={open.event}
                detail={detail.data?.event.event === open.event.event ? detail.data : undefined}
                error={detail.error}
                revealed={open.revealed}
                onReveal={opened.reveal}
                onPrevious={step(-1)}
                onNext={step(1)}
                onClose={close}
                onRetry={() => retry.send(retriesOf([detail.data?.event ?? open.event]), 1)}
                retrying={retry.busy}
                onDiscard={() => discard.ask(discardsOf([detail.data?.event ?? open.event]), 1)}
                onUndo={() => onUndo(detail.data?.event ?? open.event)}
                onReplay={() => onReplay(detail.data?.event ?? open.event, false)}
                onFix={() => onReplay(detail.data?.event ?? open.event, true)}
                onCopy={(what, bytes) => void copyText(bytes, text.copied(what))}
                onPerson={(event) => void openPerson(event, onPerson)}
                onOnly={(only) => {
                  opened.keep();
                  onSearch(only);
                }}
              />
            )
          }
        >
          {main}
        </SplitPane>
      </Body>
      <p className={t('hidden')} role="status">
        {heard}
      </p>
      <DiscardQuestion discard={discard} />
      {exporting && (
        <ExportDialog
          filter={filter}
          count={state.total === null ? null : count(state.total)}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}
