import { useState } from 'react';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { MappingCheck } from '@/api/bindings/MappingCheck';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { DataGrid } from '@/components/DataGrid';
import { SearchField } from '@/components/Field';
import { t } from '@/components/text';
import { useMedia } from '@/components/use-media';
import { type FieldActions, fieldColumns } from './columns';
import { type FieldRow, type Shown, count, fieldRows, shownRows } from './fields';
import { type MappedLine, type Target, unknownTo } from './target';
import { text } from './text';
import styles from './target.module.css';

interface Props {
  object: DestinationObject;
  lines: readonly MappedLine[];
  target: Target;
  check: MappingCheck | undefined;
  /** The destination can be read. */
  reads: boolean;
  selected: string | null;
  onSelect: (row: FieldRow) => void;
  actions: Omit<FieldActions, 'onDrop'>;
}

/** The object's own fields, what fills each, whether it fits, and suggestions to accept. */
export function FieldTable({ object, lines, target, check, reads, selected, onSelect, actions }: Props) {
  const narrow = useMedia('(max-width: 1100px)');
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [dropped, setDropped] = useState<ReadonlySet<string>>(new Set());
  const rows = fieldRows(object, lines, target, check, dropped);
  const unknown = unknownTo(
    object,
    lines.filter(({ on }) => on),
  );
  const open = rows.flatMap(({ field, suggested }) =>
    suggested ? [[suggested.id, field.name] as const] : [],
  );
  const columns = fieldColumns({
    lines,
    names: new Set(object.fields.map(({ name }) => name)),
    matchField: target.matchField,
    reads,
    narrow,
    checked: check !== undefined,
    actions: { ...actions, onDrop: (field) => setDropped(new Set([...dropped, field])) },
  });
  const tabs = (['all', 'todo', 'suggested', 'sent'] as const).map((value) => ({
    value,
    label: text.shown[value],
    count: count(rows, value),
  }));
  return (
    <section className={styles.table} aria-label={text.fields}>
      <div className={styles.tableBar}>
        <SearchField label={text.search} value={search} onChange={setSearch} className={styles.search} />
        <Segmented label={text.shownLabel} value={shown} onChange={setShown} options={tabs} />
        <span className={t('push')} />
        {open.length > 0 && (
          <Button size="sm" icon="suggest" onPress={() => actions.onName(Object.fromEntries(open))}>
            {text.acceptAll(open.length)}
          </Button>
        )}
      </div>
      {unknown.length > 0 && (
        <div className={styles.unknown}>
          <span className={t('sm', 'soft')} title={unknown.map(({ key }) => key).join(', ')}>
            {text.unknown(
              unknown.map(({ key }) => key),
              object.label,
            )}
          </span>
          <Button
            size="sm"
            {...(rows.some(({ fit }) => fit === 'open') ? {} : { 'data-first-problem': '' })}
            onPress={() => actions.onLeaveOut(unknown.map(({ id }) => id))}
          >
            {text.leaveOut(unknown.length)}
          </Button>
        </div>
      )}
      <DataGrid
        className={styles.fieldGrid ?? ''}
        label={text.fields}
        columns={columns}
        rows={shownRows(rows, shown, search)}
        rowKey={({ field }) => field.name}
        rowHeight={42}
        selectedKey={selected}
        manual
        onSelect={onSelect}
        rowLook={({ fit }) =>
          fit === 'read_only' ? 'out' : fit === 'suggested' ? 'new' : fit === 'misfit' ? 'warn' : undefined
        }
        empty={<p className={t('soft')}>{text.noField}</p>}
      />
    </section>
  );
}
