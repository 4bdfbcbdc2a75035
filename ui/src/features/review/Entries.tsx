import { useMemo, useState } from 'react';
import type { Plan } from '@/api/bindings/Plan';
import { Button } from '@/components/Button';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { Bar } from './Bar';
import { Emptied } from './Emptied';
import { EntryGrid } from './EntryGrid';
import { type Entry, type GroupName, emptied, entriesOf, matching, sizes } from './groups';
import { text } from './text';
import styles from './review.module.css';

/** The records of a group with what changes in each. */
export function Entries({
  plan,
  group,
  selected,
  onSelect,
  onRules,
  onCompare,
}: {
  plan: Plan;
  group: GroupName;
  selected: string | null;
  onSelect: (entry: Entry) => void;
  /** Where one says what becomes of nulls. */
  onRules: () => void;
  /** Every record can be compared, and searched then. */
  onCompare: (() => void) | undefined;
}) {
  const [search, setSearch] = useState('');
  const [onlyEmptied, setOnlyEmptied] = useState(false);
  const all = useMemo(() => entriesOf(plan, group), [plan, group]);
  const rows = useMemo(
    () => matching(all, search).filter((entry) => !onlyEmptied || emptied(entry).length > 0),
    [all, search, onlyEmptied],
  );
  const total = sizes(plan)[group];
  return (
    <>
      <Bar
        search={search}
        onSearch={setSearch}
        found={count(rows.length)}
        about={
          all.length > 0 &&
          (all.length < total ? text.firstOf(count(all.length), count(total)) : text.all(count(total)))
        }
      />
      <EntryGrid
        label={text.groups[group]}
        what={
          group === 'invalid' || group === 'refused'
            ? text.whyHead
            : group === 'changed'
              ? text.changes
              : text.change
        }
        rows={rows}
        selected={selected}
        onSelect={onSelect}
        empty={
          search && all.length > 0 && all.length < total ? (
            <div className={styles.unlisted}>
              <p className={t('soft')}>
                {text.noMatch(search)} {text.onlyListed(count(all.length))}
              </p>
              {onCompare && <Button onPress={onCompare}>{text.compareEvery}</Button>}
            </div>
          ) : (
            <p className={t('soft')}>
              {search && all.length > 0 ? text.noMatch(search) : text.nothing[group]}
            </p>
          )
        }
      />
      {group !== 'refused' && (
        <Emptied
          group={group}
          entries={all}
          total={total}
          only={onlyEmptied}
          onOnly={setOnlyEmptied}
          onRules={onRules}
        />
      )}
    </>
  );
}
