import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { Segmented } from '@/components/Choice';
import { FilterChip } from '@/components/FilterChip';
import { dayOfYear } from '@/components/times';
import { everything, type Narrowing, type Show } from './history';
import { text } from './text';
import styles from './people.module.css';

const shows = Object.entries(text.shows).map(([value, label]) => ({ value: value as Show, label }));

function told(history: PersonHistory, shown: number, { show, to, sync }: Narrowing): string {
  const all = history.entries.length;
  const more = history.cursor !== null;
  if (show !== 'everything' || to !== null || sync !== null) return text.some(shown, all, more);
  const { totals } = history;
  return totals?.since ? text.entries(totals.entries, dayOfYear(new Date(totals.since))) : '';
}

/** What of the time line is shown, and how much that is. */
export function TimeFilters({
  history,
  shown,
  narrowing,
  onNarrow,
}: {
  history: PersonHistory;
  shown: number;
  narrowing: Narrowing;
  onNarrow: (narrowing: Narrowing) => void;
}) {
  const { show, to, sync } = narrowing;
  const places = [...new Set(history.entries.flatMap((entry) => entry.to ?? []))].sort();
  return (
    <div className={styles.filters}>
      <Segmented
        label={text.showLabel}
        value={show}
        onChange={(value) => onNarrow({ ...narrowing, show: value })}
        options={shows}
      />
      <FilterChip
        label={text.to}
        words={to ?? text.all}
        options={places.map((value) => ({ value, label: value }))}
        chosen={to === null ? [] : [to]}
        onChange={([value]) => onNarrow({ ...narrowing, to: value ?? null })}
        active={to !== null}
        removeLabel={text.remove(text.to)}
        onRemove={() => onNarrow({ ...narrowing, to: everything.to })}
      />
      {sync !== null && (
        <FilterChip
          label={text.sync}
          words={sync}
          options={[{ value: sync, label: sync }]}
          chosen={[sync]}
          onChange={([value]) => onNarrow({ ...narrowing, sync: value ?? null })}
          active
          removeLabel={text.remove(text.sync)}
          onRemove={() => onNarrow({ ...narrowing, sync: everything.sync })}
        />
      )}
      <span className={styles.count} role="status">
        {told(history, shown, narrowing)}
      </span>
    </div>
  );
}
