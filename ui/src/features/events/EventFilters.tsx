import { useRef } from 'react';
import type { Run } from '@/api/bindings/Run';
import { useErrors } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { useShortcut } from '@/components/use-shortcut';
import { moment, useNow } from '@/components/when';
import { inEvents } from '../shortcuts';
import { FilterChips } from './FilterChips';
import { FilterField } from './FilterField';
import type { EventSearch } from './filter';
import { type Known, filterNames } from './filter-text';
import { text } from './text';
import { useCauses } from './use-causes';
import { useFilterText } from './use-filter-text';
import styles from './EventsScreen.module.css';

export interface EventFiltersProps {
  search: EventSearch;
  onSearch: (search: EventSearch) => void;
  /** Names of the syncs; `null` while they are being read. */
  syncs: readonly string[] | null;
  runs: readonly Run[];
  match: string;
}

/** Search and filters of the log. "/" goes to the search from anywhere on the screen. */
export function EventFilters({ search, onSearch, syncs, runs, match }: EventFiltersProps) {
  const now = useNow();
  const input = useRef<HTMLInputElement>(null);
  const errors = useErrors();
  const known: Known = {
    syncs,
    errors: errors.data ?? null,
    runs: runs.map(({ run, sync, started_at }) => ({ run, sync, label: moment(started_at, now) })),
    now,
  };
  const typed = useFilterText(search, onSearch, known);
  const { cause } = search;
  const chosen = useCauses(cause === undefined ? null : { ...nothing, cause });

  useShortcut(inEvents.search, () => input.current?.focus());

  return (
    <div className={styles.filters} role="search">
      <FilterField typed={typed} known={known} inputRef={input} />
      <FilterChips
        search={search}
        onSearch={onSearch}
        known={known}
        cause={chosen.data?.causes.find((one) => one.cause === cause)?.message}
        onEdit={(name) => {
          typed.takeBack(name);
          input.current?.focus();
        }}
      />
      {filterNames.some((name) => search[name] !== undefined) && (
        <IconButton
          icon="pencil"
          label={text.filters.editAll}
          onPress={() => {
            typed.takeBackAll();
            input.current?.focus();
          }}
        />
      )}
      <span className={styles.match}>{match}</span>
    </div>
  );
}

const nothing = { sync: null, run: null, key: null, statuses: [], search: null, since: null };
