import { useRef } from 'react';
import type { Run } from '@/api/bindings/Run';
import { eventStatuses, eventWord } from '@/api/state-words';
import { SearchField } from '@/components/Field';
import { FilterChip } from '@/components/FilterChip';
import { useShortcut } from '@/components/use-shortcut';
import { useTyped } from '@/components/use-typed';
import { moment, useNow } from '@/components/when';
import { inEvents } from '../shortcuts';
import type { EventSearch, TimeSpan } from './filter';
import { text } from './text';
import styles from './EventsScreen.module.css';

const spans: TimeSpan[] = ['hour', 'today', 'week'];

export interface EventFiltersProps {
  search: EventSearch;
  onSearch: (search: EventSearch) => void;
  syncs: readonly string[];
  runs: readonly Run[];
  match: string;
}

/** Search and filters of the log. "/" goes to the search from anywhere on the screen. */
export function EventFilters({ search, onSearch, syncs, runs, match }: EventFiltersProps) {
  const now = useNow();
  const input = useRef<HTMLInputElement>(null);
  const { q, sync, run, key, status, time } = search;
  const set = (change: Partial<EventSearch>, drop: (keyof EventSearch)[] = []) => {
    const kept = Object.entries({ ...search, ...change }).filter(
      ([name]) => !drop.some((gone) => gone === name),
    );
    onSearch(Object.fromEntries(kept));
  };
  const [typed, setTyped] = useTyped(q ?? '', (value) => (value === '' ? set({}, ['q']) : set({ q: value })));

  useShortcut(inEvents.search, () => input.current?.focus());

  const chosenRun = runs.find((one) => one.run === run);
  return (
    <div className={styles.filters} role="search">
      <SearchField
        label={text.search}
        value={typed}
        onChange={setTyped}
        keys={inEvents.search.keys}
        inputRef={input}
        className={styles.search ?? ''}
      />
      <FilterChip
        label={text.filters.status}
        words={status?.map((one) => eventWord(one).toLowerCase()).join(', ') ?? text.filters.any}
        several
        options={eventStatuses.map((value) => ({ value, label: eventWord(value) }))}
        chosen={status ?? []}
        onChange={(chosen) =>
          chosen.length > 0
            ? set({ status: eventStatuses.filter((one) => chosen.includes(one)) })
            : set({}, ['status'])
        }
        active={status !== undefined}
        removeLabel={text.filters.remove(text.filters.status)}
        onRemove={() => set({}, ['status'])}
      />
      <FilterChip
        label={text.filters.sync}
        words={sync ?? text.filters.all}
        options={syncs.map((value) => ({ value, label: value }))}
        chosen={sync === undefined ? [] : [sync]}
        onChange={([value]) =>
          value === undefined ? set({}, ['sync', 'run']) : set({ sync: value }, ['run'])
        }
        active={sync !== undefined}
        removeLabel={text.filters.remove(text.filters.sync)}
        onRemove={() => set({}, ['sync', 'run'])}
      />
      <FilterChip
        label={text.filters.run}
        words={
          run === undefined
            ? text.filters.all
            : chosenRun
              ? moment(chosenRun.started_at, now)
              : `#${String(run)}`
        }
        options={runs.map((one) => ({
          value: String(one.run),
          label: moment(one.started_at, now),
          detail: one.sync,
        }))}
        chosen={run === undefined ? [] : [String(run)]}
        onChange={([value]) => (value === undefined ? set({}, ['run']) : set({ run: Number(value) }))}
        active={run !== undefined}
        removeLabel={text.filters.remove(text.filters.run)}
        onRemove={() => set({}, ['run'])}
      />
      <FilterChip
        label={text.filters.time}
        words={text.times[time ?? 'all']}
        options={spans.map((value) => ({ value, label: text.times[value] }))}
        chosen={time === undefined ? [] : [time]}
        onChange={([value]) => (value === undefined ? set({}, ['time']) : set({ time: value as TimeSpan }))}
        active={time !== undefined}
        removeLabel={text.filters.remove(text.filters.time)}
        onRemove={() => set({}, ['time'])}
      />
      {key !== undefined && (
        <FilterChip
          label={text.filters.key}
          words={key}
          options={[{ value: key, label: key }]}
          chosen={[key]}
          onChange={([value]) => value === undefined && set({}, ['key'])}
          active
          removeLabel={text.filters.remove(text.filters.key)}
          onRemove={() => set({}, ['key'])}
        />
      )}
      <span className={styles.match}>{match}</span>
    </div>
  );
}
