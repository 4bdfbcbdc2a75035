import type { ColumnType } from '@/api/bindings/ColumnType';
import type { NullRule } from '@/api/bindings/NullRule';
import type { GridColumn } from '@/components/DataGrid';
import { IconButton } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import { Select } from '@/components/Select';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { sharePercent } from '@/components/times';
import { typeWords } from '../column-types';
import { KeyCell, type Leave } from './KeyCell';
import { type Line, defaultKey, nameOf } from './model';
import type { GridRow } from './rows';
import { text } from './text';
import styles from './payload.module.css';

const typeIcons: Record<ColumnType, IconName> = {
  text: 'text',
  integer: 'hash',
  number: 'hash',
  boolean: 'boolean',
  date: 'calendar',
  time: 'clock',
  timestamp: 'clock',
  json: 'braces',
  list: 'braces',
  bytes: 'file',
  other: 'text',
};

const constantType = (value: unknown): ColumnType =>
  typeof value === 'number'
    ? 'number'
    : typeof value === 'boolean'
      ? 'boolean'
      : typeof value === 'object'
        ? 'json'
        : 'text';

/** What a line is called in its own row: its column, or what kind of value it is. */
const wordOf = ({ value }: Line): string =>
  value.type === 'column' ? value.column : value.type === 'template' ? text.templateWord : text.constantWord;

export interface CellActions {
  editing: string | null;
  onTick: (line: Line, on: boolean) => void;
  onEdit: (line: Line) => void;
  onKeep: (line: Line, key: string, leave: Leave) => void;
  onCancel: () => void;
  onRule: (line: Line, rule: NullRule) => void;
  onRemove: (line: Line) => void;
}

function Tick({ row, onTick }: { row: GridRow; onTick: CellActions['onTick'] }) {
  if (row.kind === 'group') return null;
  const fixed = row.kind === 'identifier';
  const name = fixed ? row.column.name : nameOf(row.line);
  const on = fixed || row.line.on;
  return (
    <label className={cx(styles.tick, on && styles.tickOn, fixed && styles.tickFixed)}>
      <input
        type="checkbox"
        data-cell-focus=""
        tabIndex={-1}
        checked={on}
        disabled={fixed}
        aria-label={text.send(name)}
        onChange={(event) => row.kind === 'line' && onTick(row.line, event.target.checked)}
      />
      <Icon name="check" size={12} />
    </label>
  );
}

function Name({ row, title }: { row: GridRow; title: (column: string) => string }) {
  if (row.kind === 'group') return null;
  if (row.kind === 'line' && row.line.value.type !== 'column')
    return <span className={t('soft')}>{wordOf(row.line)}</span>;
  const name = row.kind === 'identifier' ? row.column.name : nameOf(row.line);
  return (
    <>
      <span className={t('mono', 'cut', 'data')} title={title(name)} dir="auto">
        {name}
      </span>
      {row.column?.personal && (
        <span className={styles.personal} role="img" aria-label={text.personal} title={text.personal}>
          <Icon name="personal" size={14} />
        </span>
      )}
    </>
  );
}

function Type({ row }: { row: GridRow }) {
  if (row.kind === 'group') return null;
  const value = row.kind === 'line' ? row.line.value : undefined;
  const type =
    value?.type === 'constant'
      ? constantType(value.constant)
      : value?.type === 'template'
        ? 'text'
        : (row.column?.logical ?? 'other');
  return (
    <span className={styles.type} title={row.column?.native}>
      <Icon name={typeIcons[type]} size={14} />
      {typeWords[type]}
    </span>
  );
}

function Samples({ row }: { row: GridRow }) {
  if (row.kind === 'group') return null;
  if (row.kind === 'line' && row.line.value.type !== 'column') {
    const { value } = row.line;
    const shown = value.type === 'template' ? value.template : JSON.stringify(value.constant);
    return (
      <span className={t('mono', 'cut')} title={shown}>
        {shown}
      </span>
    );
  }
  const shown = row.column?.samples.join(', ') ?? '';
  return (
    <span className={t('cut', 'data')} title={shown} dir="auto">
      {shown}
    </span>
  );
}

function Remove({ line, onRemove }: { line: Line; onRemove: CellActions['onRemove'] }) {
  return (
    <IconButton
      icon="trash"
      label={line.value.type === 'template' ? text.removeTemplate(line.key) : text.removeConstant(line.key)}
      excludeFromTabOrder
      onPress={() => onRemove(line)}
    />
  );
}

function Nulls({ row, actions }: { row: GridRow; actions: CellActions }) {
  if (row.kind === 'group') return null;
  // A template has no nulls of its own, and can be removed.
  if (row.kind === 'line' && row.line.value.type === 'template')
    return <Remove line={row.line} onRemove={actions.onRemove} />;
  const share = row.column?.null_share ?? 0;
  return (
    <span className={t(share === 0 ? 'faint' : share < 0.3 ? 'soft' : undefined)}>
      {sharePercent(share, '<')}
    </span>
  );
}

function Rule({ row, actions }: { row: GridRow; actions: CellActions }) {
  if (row.kind !== 'line') return null;
  if (row.line.value.type === 'constant') return <Remove line={row.line} onRemove={actions.onRemove} />;
  if (!row.line.on) return null;
  return (
    <Select
      label={text.ifNullOf(row.line.key)}
      hideLabel
      look="bare"
      excludeFromTabOrder
      className={styles.rule}
      value={row.line.null}
      options={(['send', 'leave_out', 'clear'] as const).map((value) => ({
        value,
        label: text.nullRules[value],
      }))}
      onChange={(rule) => actions.onRule(row.line, rule)}
    />
  );
}

/** The payload grid's columns; narrow windows lose the samples, then the type. */
export function gridColumns(
  actions: CellActions,
  width: 'wide' | 'narrow' | 'tiny',
  record: boolean,
  title: (column: string) => string,
): GridColumn<GridRow>[] {
  const head = text.columnsHead;
  const columns: GridColumn<GridRow>[] = [
    {
      id: 'tick',
      head: '',
      name: 'Sent',
      width: 44,
      pinned: true,
      cell: (row) => <Tick row={row} onTick={actions.onTick} />,
    },
    {
      id: 'column',
      head: head.column,
      width: 152,
      pinned: true,
      cell: (row) => (
        <>
          <Name row={row} title={title} />
          {row.kind === 'line' && row.edited && (
            <span className={styles.edited} role="img" aria-label={row.edited} title={row.edited}>
              <Icon name="pencil" size={12} />
            </span>
          )}
        </>
      ),
    },
    {
      id: 'key',
      head: <span className={styles.keyHead}>{record ? head.field : head.key}</span>,
      width: width === 'wide' ? 160 : 168,
      cell: (row) =>
        row.kind === 'identifier' ? (
          <span className={cx(styles.key, t('mono'))} title={row.note}>
            {row.path}
            {row.note && <span className={t('hidden')}>{row.note}</span>}
          </span>
        ) : (
          row.kind === 'line' && (
            <KeyCell
              line={row.line}
              name={wordOf(row.line)}
              renamed={row.line.value.type === 'column' && row.line.key !== defaultKey(row.line.value.column)}
              editing={actions.editing === row.id}
              problem={row.problem}
              onEdit={() => actions.onEdit(row.line)}
              onKeep={(key, leave) => actions.onKeep(row.line, key, leave)}
              onCancel={actions.onCancel}
            />
          )
        ),
    },
    { id: 'type', head: head.type, width: 96, cell: (row) => <Type row={row} /> },
    { id: 'samples', head: head.samples, width: 'grow', min: 90, cell: (row) => <Samples row={row} /> },
    {
      id: 'nulls',
      head: head.nulls,
      width: 56,
      align: 'end',
      cell: (row) => <Nulls row={row} actions={actions} />,
    },
    {
      id: 'ifNull',
      head: <span className={styles.ruleHead}>{head.ifNull}</span>,
      width: 112,
      cell: (row) => <Rule row={row} actions={actions} />,
    },
  ];
  if (width === 'wide') return columns;
  return columns
    .filter(({ id }) => id !== 'samples')
    .map((column) =>
      column.id === 'key'
        ? { ...column, width: 'grow', min: 140 }
        : column.id === 'column'
          ? { ...column, width: 140 }
          : column,
    );
}
