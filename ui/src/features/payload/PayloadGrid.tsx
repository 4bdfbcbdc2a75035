import { useMemo, useState } from 'react';
import type { Column } from '@/api/bindings/Column';
import { DataGrid } from '@/components/DataGrid';
import { closing, isPressed } from '@/components/shortcut';
import { t } from '@/components/text';
import { useMedia } from '@/components/use-media';
import type { Selection } from '@/components/use-selection';
import { inPayload } from '../shortcuts';
import * as actions from './actions';
import { gridColumns } from './columns';
import type { Shaping } from './edits';
import type { Leave } from './KeyCell';
import type { Line } from './model';
import { type GridRow, gridRows } from './rows';
import { text } from './text';
import styles from './payload.module.css';

interface Props {
  state: Shaping;
  columns: readonly Column[];
  /** What a column is called for whoever points at it. */
  title: (column: string) => string;
  identifiers: Record<string, string>;
  search: string;
  problems: Record<string, string>;
  /** What was saved otherwise, in words, by the id of the line. */
  edited?: ReadonlyMap<string, string> | undefined;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Lines that are chosen together. */
  selection: Selection<Line>;
  onChange: (state: Shaping) => void;
}

/** After an editor closes, the focus goes back to the cell it stood in, unless it went elsewhere meanwhile. */
const refocus = () => {
  const cell = document.activeElement?.closest<HTMLElement>('[data-cell]');
  requestAnimationFrame(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    (cell?.querySelector<HTMLElement>('[data-cell-focus]') ?? cell)?.focus();
  });
};

/** Every column with its key, rule and ticks; keys are renamed in place. */
export function PayloadGrid({
  state,
  columns,
  title,
  identifiers,
  search,
  problems,
  edited,
  selected,
  onSelect,
  selection,
  onChange,
}: Props) {
  const [editing, setEditing] = useState<string | null>(null);
  const narrow = useMedia('(max-width: 1240px)');
  const { payload } = state;
  const rows = useMemo(
    () => gridRows({ payload, columns, identifiers, search, problems, ...(edited ? { edited } : {}) }),
    [payload, columns, identifiers, search, problems, edited],
  );

  const shown = rows.flatMap((row) => (row.kind === 'line' ? [row.line] : []));
  const { chosen } = selection;
  const found = (id: string | null) => shown.find((line) => line.id === id);
  /** The first of several is the row that was selected alone. */
  const begin = (row: GridRow | undefined) => {
    const line = found(row?.id ?? selected);
    if (line && chosen.size === 0) selection.only(line);
  };
  const extend = (row: GridRow, from: GridRow | undefined) => {
    begin(from);
    onSelect(row.id);
    const to = shown.findIndex(({ id }) => id === row.id);
    if (to >= 0) selection.extend(shown, to);
  };
  const toggle = (row: GridRow) => {
    onSelect(row.id);
    if (row.kind === 'line') selection.toggle(row.line);
  };
  const tick = (line: Line) => {
    const together = shown.filter(({ id }) => chosen.has(id));
    const ids = together.includes(line) ? together : [line];
    onChange(actions.tickMany(state, new Set(ids.map(({ id }) => id)), !line.on, ''));
  };
  const edit = (line: Line) => {
    if (!line.on) return;
    onSelect(line.id);
    selection.clear();
    setEditing(line.id);
  };
  const keep = (line: Line, key: string, leave: Leave) => {
    if (leave === 'stay') refocus();
    onChange(actions.rename(state, line, key));
    const keyed = rows.filter((row) => row.kind === 'line' && row.line.on);
    const at = keyed.findIndex(({ id }) => id === line.id);
    const target = leave === 'stay' ? undefined : keyed[at + (leave === 'next' ? 1 : -1)];
    setEditing(target?.id ?? null);
    if (target) onSelect(target.id);
    else if (leave !== 'stay') refocus();
  };
  const gridColumnsNow = gridColumns(
    {
      editing,
      onTick: (line, on) => onChange(actions.tick(state, line, on)),
      onEdit: edit,
      onKeep: keep,
      onCancel: () => {
        refocus();
        setEditing(null);
      },
      onRule: (line, rule) => onChange(actions.setRule(state, line, rule)),
      onRemove: (line) => onChange(actions.removeLine(state, line)),
    },
    narrow ? 'narrow' : 'wide',
    payload.shape === 'record',
    title,
  );
  const onCellKey = (row: GridRow, columnId: string, event: React.KeyboardEvent): boolean => {
    if (isPressed(event, inPayload.chooseAll)) {
      selection.all(shown);
      return true;
    }
    if (isPressed(event, closing) && chosen.size > 0) {
      selection.clear();
      return true;
    }
    if (row.kind !== 'line') return false;
    if (isPressed(event, inPayload.choose) && columnId !== 'ifNull') {
      toggle(row);
      return true;
    }
    if (isPressed(event, inPayload.rename) && (event.key === 'F2' || columnId !== 'ifNull')) {
      edit(row.line);
      return true;
    }
    if (isPressed(event, inPayload.tick) && columnId !== 'ifNull') {
      tick(row.line);
      return true;
    }
    return false;
  };
  return (
    <DataGrid
      label="Columns and keys"
      columns={gridColumnsNow}
      rows={rows}
      rowKey={({ id }) => id}
      rowHeight={28}
      heightOf={(row) => (row.kind === 'line' && row.problem ? 48 : 28)}
      fullRow={(row) =>
        row.kind === 'group' && (
          <>
            <b>{row.title}</b>
            {row.detail}
          </>
        )
      }
      rowLook={(row) => (row.kind === 'line' && !row.line.on ? 'out' : undefined)}
      selectedKey={chosen.size > 0 ? null : selected}
      chosenKeys={chosen}
      onSelect={({ id }, moved) => {
        onSelect(id);
        if (!moved) selection.clear();
      }}
      onExtend={extend}
      onToggle={(row) => {
        begin(undefined);
        toggle(row);
      }}
      onCellKey={onCellKey}
      className={styles.grid}
      empty={<p className={t('soft')}>{text.noMatch(search)}</p>}
    />
  );
}
