import type { ReactNode } from 'react';
import type { FieldChange } from '@/api/bindings/FieldChange';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { Icon } from '@/components/Icon';
import { readable } from '@/components/json-text';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { shortPath } from '../paths';
import type { Entry } from './groups';
import { outcomeIcons } from './outcome-icons';
import { text } from './text';
import styles from './review.module.css';

/** What a record changes, or what stands in its way, in one line. */
function lineOf({ key, fields, change, becomes, refused, problem }: Entry): string {
  if (problem) return problem.message;
  if (becomes === 'fail') return refused[0] ?? text.becomes.fail;
  if (becomes === 'same') return text.becomes.same;
  // An event's sort is the same in every line.
  const going = fields.filter(({ changed, left_alone, path }) => changed && !left_alone && path !== 'type');
  if (becomes === null ? change === 'changed' : becomes === 'update')
    return going.map(({ path }) => shortPath(path)).join(', ');
  // The key and the person have columns of their own.
  return going
    .filter((field) => field.after !== JSON.stringify(key) && field !== personIn(fields))
    .map(({ path, after, before }) => `${shortPath(path)} ${readable(after ?? before ?? '')}`)
    .join(' · ');
}

/** The field that says whom a record is about, as people know them. */
const personIn = (fields: readonly FieldChange[]): FieldChange | undefined =>
  fields.find(({ path, after, before }) => /(^|\.)e-?mail$/i.test(path) && isText(after ?? before));

const isText = (json: string | null): boolean => json !== null && json !== 'null' && json !== '""';

const personColumn: GridColumn<Entry> = {
  id: 'person',
  head: text.person,
  width: 190,
  cell: ({ fields }) => {
    const found = personIn(fields);
    const person = found ? readable(found.after ?? found.before ?? '') : '';
    return (
      <span className={t('cut', 'data')} title={person} dir="auto">
        {person}
      </span>
    );
  },
};

const keyColumn: GridColumn<Entry> = {
  id: 'key',
  head: text.key,
  width: 150,
  cell: ({ key, row }) => (
    <span className={t('mono', 'cut', 'data')} title={key} dir="auto">
      {key || `${text.row} ${String(row)}`}
    </span>
  ),
};

const outcomeColumn: GridColumn<Entry> = {
  id: 'becomes',
  head: text.outcome,
  width: 116,
  cell: ({ becomes }) =>
    becomes && (
      <span className={cx(styles.outcome, becomes === 'fail' && styles.badTile)}>
        <Icon name={outcomeIcons[becomes]} size={14} />
        {text.outcomes[becomes]}
      </span>
    ),
};

/** Records one below the other: the key, and what changes or what stands in the way. */
export function EntryGrid({
  label,
  what,
  mixed,
  rows,
  total,
  selected,
  onSelect,
  onEnd,
  empty,
}: {
  label: string;
  /** The head over what is told of each. */
  what: string;
  /** What becomes of them differs, and is told of each. */
  mixed?: boolean;
  rows: readonly Entry[];
  total?: number;
  selected: string | null;
  onSelect: (entry: Entry) => void;
  onEnd?: () => void;
  empty: ReactNode;
}) {
  const lineColumn: GridColumn<Entry> = {
    id: 'what',
    head: what,
    width: 'grow',
    cell: (entry) => {
      const line = lineOf(entry);
      return (
        <span className={t('cut', 'soft', 'data')} title={line} dir="auto">
          {line}
        </span>
      );
    },
  };
  return (
    <DataGrid
      label={label}
      columns={[
        keyColumn,
        ...(rows.some(({ fields }) => personIn(fields)) ? [personColumn] : []),
        ...(mixed ? [outcomeColumn] : []),
        lineColumn,
      ]}
      rows={rows}
      rowKey={({ id }) => id}
      {...(total === undefined ? {} : { total })}
      selectedKey={selected}
      onSelect={onSelect}
      {...(onEnd ? { onEnd } : {})}
      className={styles.list}
      empty={empty}
    />
  );
}
