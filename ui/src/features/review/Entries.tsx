import { useMemo, useState } from 'react';
import type { Plan } from '@/api/bindings/Plan';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { Emptied } from './Emptied';
import { type Entry, type GroupName, emptied, entriesOf, shortPath } from './groups';
import { text } from './text';
import styles from './review.module.css';

const readable = (json: string | null) => (json?.startsWith('"') ? json.slice(1, -1) : (json ?? ''));

/** The records of a group with what changes in each. */
export function Entries({
  plan,
  group,
  selected,
  onSelect,
  onRules,
}: {
  plan: Plan;
  group: GroupName;
  selected: string | null;
  onSelect: (entry: Entry) => void;
  /** Where one says what becomes of nulls. */
  onRules: () => void;
}) {
  const [search, setSearch] = useState('');
  const [onlyEmptied, setOnlyEmptied] = useState(false);
  const all = useMemo(() => entriesOf(plan, group), [plan, group]);
  const wanted = search.trim().toLowerCase();
  const rows = useMemo(() => {
    const matches = (entry: Entry) =>
      [entry.key, ...entry.fields.map(({ after }) => after ?? '')].some((word) =>
        word.toLowerCase().includes(wanted),
      );
    return all.filter((entry) => (!wanted || matches(entry)) && (!onlyEmptied || emptied(entry).length > 0));
  }, [all, wanted, onlyEmptied]);
  const failing = group === 'invalid';
  const columns: GridColumn<Entry>[] = [
    {
      id: 'key',
      head: text.key,
      width: 150,
      cell: ({ key, row }) => (
        <span className={t('mono', 'cut', 'data')} title={key} dir="auto">
          {key || `${text.row} ${String(row)}`}
        </span>
      ),
    },
    failing
      ? {
          id: 'why',
          head: text.whyHead,
          width: 'grow',
          cell: ({ problem }) => (
            <span className={t('cut')} title={problem?.message}>
              {problem?.message}
            </span>
          ),
        }
      : {
          id: 'fields',
          head: group === 'changed' ? text.changes : text.change,
          width: 'grow',
          cell: ({ fields, becomes }) => {
            // An event's sort is the same in every line.
            const going = fields.filter(
              ({ changed, left_alone, path }) => changed && !left_alone && path !== 'type',
            );
            const line =
              group === 'changed'
                ? going.map(({ path }) => shortPath(path)).join(', ')
                : going
                    .map(({ path, after, before }) => `${shortPath(path)} ${readable(after ?? before)}`)
                    .join(' · ');
            const told = becomes === 'same' || becomes === 'fail' ? text.becomes[becomes] : line;
            return (
              <span className={t('cut', 'soft', 'data')} title={told} dir="auto">
                {told}
              </span>
            );
          },
        },
  ];
  const total = plan[group];
  return (
    <>
      <div className={styles.bar}>
        <SearchField
          label={text.search}
          value={search}
          onChange={setSearch}
          className={styles.search}
          count={count(rows.length)}
        />
        {all.length > 0 && (
          <span className={t('sm', 'faint')}>
            {all.length < total ? text.firstOf(count(all.length), count(total)) : text.all(count(total))}
          </span>
        )}
        <span className={styles.masked}>
          <Icon name="eyeoff" size={14} />
          {text.masked}
        </span>
      </div>
      <DataGrid
        label={text.groups[group]}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        selectedKey={selected}
        onSelect={onSelect}
        className={styles.list}
        empty={
          <p className={t('soft')}>{search && all.length > 0 ? text.noMatch(search) : text.nothing[group]}</p>
        }
      />
      <Emptied
        group={group}
        entries={all}
        total={total}
        only={onlyEmptied}
        onOnly={setOnlyEmptied}
        onRules={onRules}
      />
    </>
  );
}
