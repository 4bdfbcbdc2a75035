import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { DataGridHead } from './DataGridHead';
import { DataGridRow } from './DataGridRow';
import { cx } from './cx';
import { type Cell, gridShortcuts, move } from './grid-keys';
import { isPressed } from './shortcut';
import styles from './DataGrid.module.css';

export interface GridColumn<Row> {
  id: string;
  /** What the head shows. */
  head: ReactNode;
  /** The head's words where `head` shows none. */
  name?: string;
  /** Pixels; `grow` takes what is left, at least `min`. */
  width: number | 'grow';
  min?: number;
  align?: 'end' | 'center';
  /** Stays in place when the grid scrolls sideways. Only leading columns with pixel widths. */
  pinned?: boolean;
  /** A control inside the cell carries `data-cell-focus` and `tabIndex={-1}`: the grid moves the focus into it. */
  cell: (row: Row) => ReactNode;
}

export interface DataGridProps<Row> {
  label: string;
  columns: readonly GridColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowHeight?: number;
  /** Pixels; 0 hides the head from sight, not from assistive technology. */
  headHeight?: number;
  /** The height of a row that differs from `rowHeight`. */
  heightOf?: (row: Row) => number;
  /** A row that spans all columns, such as the head of a group. Arrow keys pass over it. */
  fullRow?: (row: Row) => ReactNode;
  /** `selected` is tinted and marked, `out` is quiet, `warn` is tinted amber. */
  rowLook?: (row: Row) => 'out' | 'warn' | 'new' | undefined;
  selectedKey?: string | null;
  /** The row under the focus or pointer press; `moved` where keys only led there. */
  onSelect?: (row: Row, moved: boolean) => void;
  /** Rows that are chosen together, by key; where it is given, several can be. */
  chosenKeys?: { has: (key: string) => boolean };
  /** Shift with a press or with keys that move: all rows up to this one. `from` is where the keys stood. */
  onExtend?: (row: Row, from: Row | undefined) => void;
  /** ⌘ or Ctrl with a press: this row as well, or no more. */
  onToggle?: (row: Row) => void;
  /** Arrow keys only move the focus; a press or Enter selects. */
  manual?: boolean;
  /** Enter or double click. */
  onAction?: (row: Row) => void;
  /** Keys the grid does not use itself; return true when used. */
  onCellKey?: (row: Row, columnId: string, event: KeyboardEvent) => boolean;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  /** Rows in all, where more exist than are loaded; for assistive technology. */
  total?: number;
  empty?: ReactNode;
  scrollRef?: RefObject<HTMLDivElement | null>;
  onScroll?: (element: HTMLDivElement) => void;
  className?: string | undefined;
}

const manyColumns = 30;

/** A long table: one tab stop, arrows inside, only what is in sight is rendered. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowKey,
    rowHeight = 32,
    headHeight = 28,
    fullRow,
    onSelect,
    onExtend,
    onAction,
    onCellKey,
    onEnd,
    total,
    empty,
    onScroll,
  } = props;
  const own = useRef<HTMLDivElement>(null);
  const scroller = props.scrollRef ?? own;
  const [active, setActive] = useState<Cell>({ row: 0, column: 0 });
  const focusWanted = useRef(false);

  // eslint-disable-next-line react-hooks/incompatible-library -- TanStack Virtual keeps its own state
  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => props.heightOf?.(rows[index] as Row) ?? rowHeight,
    getItemKey: (index) => rowKey(rows[index] as Row),
    overscan: 8,
    initialRect: { width: 1000, height: 800 },
    scrollPaddingStart: headHeight,
  });
  const uneven = !!props.heightOf;
  useLayoutEffect(() => {
    if (uneven) vertical.measure();
  }, [uneven, rows, vertical]);
  const wide = columns.length > manyColumns;
  const horizontal = useVirtualizer({
    horizontal: true,
    enabled: wide,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) =>
      columns[index]?.width === 'grow' ? (columns[index].min ?? 160) : Number(columns[index]?.width ?? 160),
    overscan: 4,
    initialRect: { width: 1000, height: 800 },
  });
  const template = columns
    .map((column) =>
      column.width === 'grow' ? `minmax(${String(column.min ?? 80)}px, 1fr)` : `${String(column.width)}px`,
    )
    .join(' ');
  const least = columns.reduce(
    (sum, column) => sum + (column.width === 'grow' ? (column.min ?? 80) : column.width),
    0,
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    element.style.setProperty('--columns', template);
    element.style.setProperty('--least', `${String(least)}px`);
    element.style.setProperty('--row', `${String(rowHeight)}px`);
    element.style.setProperty('--head', `${String(headHeight)}px`);
  }, [template, least, rowHeight, headHeight, scroller]);

  // Rows may have gone since: the one tab stop stays on a row that exists and can take it.
  let row = Math.min(active.row, Math.max(0, rows.length - 1));
  while (row < rows.length - 1 && fullRow?.(rows[row] as Row)) row += 1;
  const column = Math.min(active.column, columns.length - 1);

  useEffect(() => {
    if (!focusWanted.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(
      `[data-cell="${String(row)}:${String(column)}"]`,
    );
    if (!cell) return;
    focusWanted.current = false;
    (cell.querySelector<HTMLElement>('[data-cell-focus]') ?? cell).focus({ preventScroll: true });
  });

  const items = vertical.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  // Scrolled away by the pointer, the tab stop waits on the first row in sight that can take it.
  const inSight = items.filter(({ index }) => !fullRow?.(rows[index] as Row));
  const stop = inSight.some(({ index }) => index === row) ? row : inSight[0]?.index;
  useEffect(() => {
    if (onEnd && rows.length > 0 && last >= rows.length - 10) onEnd();
  }, [last, rows.length, onEnd]);

  const go = (next: Cell, from: Row, extending: boolean) => {
    focusWanted.current = true;
    setActive(next);
    vertical.scrollToIndex(next.row);
    if (wide) horizontal.scrollToIndex(next.column);
    const target = rows[next.row];
    if (target === undefined || props.manual) return;
    if (extending && onExtend) onExtend(target, from);
    else if (next.row !== row) onSelect?.(target, true);
  };

  const pressHeld = (event: MouseEvent, at: number, across: number) => {
    const target = rows[at];
    if (target === undefined) return;
    focusWanted.current = true;
    setActive({ row: at, column: across });
    if (event.shiftKey) onExtend?.(target, undefined);
    else props.onToggle?.(target);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest('[data-editing]') || !target.closest('[data-cell]')) return;
    // Rows may have changed places since the focus came: the cell that has it says where it is.
    const [at = row, across = column] =
      target.closest<HTMLElement>('[data-cell]')?.dataset['cell']?.split(':').map(Number) ?? [];
    const current = rows[at];
    if (current === undefined) return;
    if (onCellKey?.(current, columns[across]?.id ?? '', event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const next = move(
      event,
      { row: at, column: across },
      { rows: rows.length, columns: columns.length, page, skip: (index) => !!fullRow?.(rows[index] as Row) },
    );
    if (next) {
      event.preventDefault();
      go(next, current, event.shiftKey && next.row !== at);
    } else if (isPressed(event, gridShortcuts.open) && !target.closest('button')) {
      event.preventDefault();
      if (onAction) onAction(current);
      else onSelect?.(current, false);
    }
  };

  const { chosenKeys, selectedKey } = props;
  const isSelected = (key: string): boolean | undefined =>
    chosenKeys?.has(key) || (selectedKey === undefined && !chosenKeys ? undefined : selectedKey === key);

  const visible = wide
    ? horizontal.getVirtualItems().map((item) => item.index)
    : columns.map((_, index) => index);
  const pinned = columns.flatMap((item, index) => (item.pinned ? [index] : []));
  const shown = [...new Set([...pinned, ...visible])].sort((a, b) => a - b);
  return (
    // Keys are handled for the cells inside, which hold the focus.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.chosenKeys ? true : undefined}
      className={cx(styles.grid, props.className)}
      onKeyDown={onKeyDown}
      onScroll={(event) => onScroll?.(event.currentTarget)}
    >
      <DataGridHead columns={columns} shown={shown} hidden={headHeight === 0} />
      {rows.length === 0 && empty ? (
        <div role="rowgroup">
          <div role="row" className={styles.empty}>
            <div role="gridcell" aria-colspan={columns.length} tabIndex={0} className={styles.emptyCell}>
              {empty}
            </div>
          </div>
        </div>
      ) : (
        <div
          role="rowgroup"
          className={styles.rows}
          ref={(node) => void node?.style.setProperty('height', `${String(vertical.getTotalSize())}px`)}
        >
          {items.map((item) => {
            const data = rows[item.index] as Row;
            return (
              <DataGridRow
                key={item.key}
                index={item.index}
                start={item.start}
                size={item.size}
                data={data}
                columns={columns}
                shown={shown}
                full={fullRow?.(data)}
                look={props.rowLook?.(data)}
                selected={isSelected(rowKey(data))}
                activeColumn={item.index === stop ? column : undefined}
                onFocusCell={(at) => {
                  if (item.index !== row || at !== column) setActive({ row: item.index, column: at });
                }}
                onPress={() => onSelect?.(data, false)}
                onPressHeld={onExtend && ((event, across) => pressHeld(event, item.index, across))}
                onOpen={() => onAction?.(data)}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}
