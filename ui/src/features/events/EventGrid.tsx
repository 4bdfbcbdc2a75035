import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import type { Event } from '@/api/bindings/Event';
import { eventWord } from '@/api/state-words';
import { eventStates } from '@/api/sync-state';
import { LinkButton } from '@/components/Button';
import { cx } from '@/components/cx';
import { Icon } from '@/components/Icon';
import { State } from '@/components/State';
import { type Shortcut, closing, isPressed } from '@/components/shortcut';
import { t } from '@/components/text';
import { clockMillis } from '@/components/times';
import type { Selection } from '@/components/use-selection';
import { inEvents } from '../shortcuts';
import type { EventLog, EventLogState } from './event-log';
import { text } from './text';
import styles from './EventGrid.module.css';

const rowHeight = 28;
const rowId = (event: Event) => `event-${event.event}`;

export interface EventGridProps {
  log: EventLog;
  state: EventLogState;
  selection: Selection<Event>;
  /** The event in the detail pane. */
  openId: string | null;
  /** The row the keyboard is on. */
  active: number;
  onActive: (index: number) => void;
  onOpen: (event: Event) => void;
  onClose: () => void;
  stoppedWhy: string;
  onStop: () => void;
}

/** The rows of the log. One tab stop; ↑↓ or j k move, Enter opens, Space picks, Shift extends, Esc closes. */
export function EventGrid({
  log,
  state,
  selection,
  openId,
  active,
  onActive,
  onOpen,
  onClose,
  stoppedWhy,
  onStop,
}: EventGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = state;
  const bar = !state.following && rows.length > 0;
  const top = rowHeight + (bar ? rowHeight : 0);
  // eslint-disable-next-line react-hooks/incompatible-library -- TanStack Virtual keeps its own state
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    scrollPaddingStart: top,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const shown = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
      // The row the keyboard is on stays in the page, so that assistive technology can name it.
      if (active >= 0 && active < count && (active < first || active > last)) shown.push(active);
      return shown;
    },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.reduce(
    (most, item) => (item.index === active ? most : Math.max(most, item.index)),
    0,
  );

  useEffect(() => {
    log.look(Math.max(0, Math.floor((scroller.current?.scrollTop ?? 0) / rowHeight)));
    if (!state.following && state.more && lastShown > rows.length - 300) void log.older();
  }, [log, lastShown, rows.length, state.following, state.more]);

  useLayoutEffect(() => {
    if (state.following && scroller.current) scroller.current.scrollTop = 0;
  }, [state.following]);

  const move = (to: number, event: KeyboardEvent) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    const target = rows[index];
    if (!target) return;
    onActive(index);
    virtual.scrollToIndex(index);
    if (event.shiftKey) selection.extend(rows, index);
    else selection.only(target);
    if (openId !== null) onOpen(target);
  };

  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - top) / rowHeight) - 1);
    const present = rows[active];
    const steps: [Shortcut, () => void][] = [
      [inEvents.next, () => move(active + 1, event)],
      [inEvents.previous, () => move(active - 1, event)],
      [inEvents.pageDown, () => move(active + page, event)],
      [inEvents.pageUp, () => move(active - page, event)],
      [inEvents.first, () => move(0, event)],
      [inEvents.last, () => move(rows.length - 1, event)],
      [inEvents.open, () => present && onOpen(present)],
      [inEvents.select, () => present && selection.toggle(present)],
      [closing, () => (openId === null ? selection.clear() : onClose())],
    ];
    const step = steps.find(([shortcut]) => isPressed(event, shortcut))?.[1];
    if (!step) return;
    event.preventDefault();
    step();
  };

  const click = (event: MouseEvent, index: number) => {
    const row = rows[index];
    if (!row) return;
    onActive(index);
    if (event.shiftKey) selection.extend(rows, index);
    else if (event.metaKey || event.ctrlKey) selection.toggle(row);
    else {
      selection.only(row);
      onOpen(row);
    }
  };

  const activeRow = rows[active];
  return (
    <div className={styles.wrap}>
      <div
        ref={scroller}
        className={cx(styles.grid, bar && styles.withBar)}
        role="grid"
        aria-label={text.grid}
        aria-multiselectable="true"
        aria-rowcount={state.total === null ? -1 : state.total + 1}
        aria-colcount={6}
        {...(activeRow ? { 'aria-activedescendant': rowId(activeRow) } : {})}
        tabIndex={0}
        onKeyDown={keyDown}
        onScroll={(event) => {
          if (state.following && event.currentTarget.scrollTop > 2) onStop();
        }}
      >
        <div role="row" aria-rowindex={1} className={cx(styles.row, styles.head)}>
          <span role="columnheader">{text.columns.status}</span>
          <span role="columnheader" aria-sort="descending" className={styles.sorted}>
            {text.columns.time} <Icon name="sort" size={12} />
          </span>
          <span role="columnheader">{text.columns.who}</span>
          <span role="columnheader" className={styles.key}>
            {text.columns.key}
          </span>
          <span role="columnheader" className={styles.sync}>
            {text.columns.sync}
          </span>
          <span role="columnheader" className={styles.answer}>
            {text.columns.answer}
          </span>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const event = rows[item.index];
            return event ? (
              <EventRow
                key={event.event}
                event={event}
                index={item.index}
                at={item.start - top}
                chosen={selection.chosen.has(event.event)}
                open={openId === event.event}
                active={item.index === active}
                onClick={click}
              />
            ) : null;
          })}
        </div>
      </div>
      {bar && (
        <div className={styles.bar}>
          {state.unseen > 0 && (
            <>
              <Icon name="up" size={14} />
              <b>{text.newCount(state.unseen, state.unseenMore)}</b>
            </>
          )}
          <span className={styles.why}>{stoppedWhy}</span>
          <LinkButton onPress={() => log.follow(true)}>{text.showAndFollow}</LinkButton>
        </div>
      )}
    </div>
  );
}

interface EventRowProps {
  event: Event;
  index: number;
  at: number;
  chosen: boolean;
  open: boolean;
  active: boolean;
  onClick: (event: MouseEvent, index: number) => void;
}

const EventRow = memo(
  function EventRow({ event, index, at, chosen, open, active, onClick }: EventRowProps) {
    return (
      // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid has the keys and the tab stop
      <div
        id={rowId(event)}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={chosen || open}
        className={cx(styles.row, styles.line, (chosen || open) && styles.chosen, active && styles.active)}
        style={{ transform: `translateY(${String(at)}px)` }}
        onClick={(click) => onClick(click, index)}
      >
        <span role="gridcell">
          <State state={eventStates[event.status].state} quiet>
            {eventWord(event.status)}
          </State>
        </span>
        <span role="gridcell" className={styles.mono}>
          {clockMillis(event.at)}
        </span>
        {/* Who has no other name is called by the key, which has its own column. */}
        <span
          role="gridcell"
          className={cx(styles.who, event.who === event.key && styles.sync)}
          dir="auto"
          title={event.who}
        >
          {event.who}
        </span>
        <span
          role="gridcell"
          className={cx(styles.key, styles.mono, styles.who)}
          title={event.key}
          dir="auto"
        >
          {event.key}
        </span>
        <span role="gridcell" className={cx(styles.sync, styles.two)} title={`${event.sync}, ${event.what}`}>
          <bdi className={t('cut')}>{event.sync}</bdi>{' '}
          <bdi className={cx(styles.what, t('cut'))}>{event.what}</bdi>
        </span>
        <span role="gridcell" className={cx(styles.answer, styles.mono)} title={event.answer} dir="auto">
          {event.answer}
        </span>
      </div>
    );
  },
  (a, b) =>
    a.event === b.event &&
    a.index === b.index &&
    a.at === b.at &&
    a.chosen === b.chosen &&
    a.open === b.open &&
    a.active === b.active,
);
