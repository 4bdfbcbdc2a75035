import type { MouseEvent, ReactNode } from 'react';
import type { GridColumn } from './DataGrid';
import { cx } from './cx';
import { place } from './grid-place';
import styles from './DataGrid.module.css';

interface Props<Row> {
  index: number;
  start: number;
  size: number;
  data: Row;
  columns: readonly GridColumn<Row>[];
  shown: readonly number[];
  full: ReactNode;
  look: 'out' | 'warn' | 'new' | undefined;
  selected: boolean | undefined;
  /** The column of the grid's tab stop, when it is in this row. */
  activeColumn: number | undefined;
  onFocusCell: (column: number) => void;
  onPress: () => void;
  /** A press with Shift, ⌘ or Ctrl held, where that is something else: controls inside do not hear of it. */
  onPressHeld: ((event: MouseEvent, column: number) => void) | undefined;
  onOpen: () => void;
}

/** One row of a DataGrid, put at its place by a transform. */
export function DataGridRow<Row>({
  index,
  start,
  size,
  data,
  columns,
  shown,
  full,
  look,
  selected,
  activeColumn,
  onFocusCell,
  onPress,
  onPressHeld,
  onOpen,
}: Props<Row>) {
  const put = (node: HTMLElement | null) => {
    node?.style.setProperty('transform', `translateY(${String(start)}px)`);
    node?.style.setProperty('height', `${String(size)}px`);
  };
  // What is opened from a cell hangs elsewhere in the page, and an editor's text is marked with Shift.
  const isHeld = (event: MouseEvent<HTMLElement>): boolean => {
    const target = event.target as HTMLElement;
    const held = event.shiftKey || event.metaKey || event.ctrlKey;
    return !!onPressHeld && held && event.currentTarget.contains(target) && !target.closest('[data-editing]');
  };
  const stop = (event: MouseEvent<HTMLElement>) => isHeld(event) && event.stopPropagation();
  const keep = (event: MouseEvent<HTMLElement>) => {
    if (!isHeld(event)) return false;
    event.stopPropagation();
    event.preventDefault();
    return true;
  };
  if (full) {
    return (
      <div role="row" aria-rowindex={index + 2} ref={put} className={cx(styles.row, styles.full)}>
        <div role="gridcell" aria-colindex={1} aria-colspan={columns.length} className={styles.fullCell}>
          {full}
        </div>
      </div>
    );
  }
  return (
    // The row answers to the pointer; by keyboard its cells do.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      ref={put}
      className={cx(styles.row, look && styles[look])}
      onPointerDownCapture={stop}
      onMouseDownCapture={keep}
      onClickCapture={(event) => {
        const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
        if (keep(event)) onPressHeld?.(event, Number(cell?.dataset['cell']?.split(':')[1] ?? 0));
      }}
      onClick={onPress}
      onDoubleClick={onOpen}
    >
      {shown.map((at) => {
        const column = columns[at];
        return (
          column && (
            <div
              key={column.id}
              role="gridcell"
              aria-colindex={at + 1}
              tabIndex={activeColumn === at ? 0 : -1}
              data-cell={`${String(index)}:${String(at)}`}
              data-align={column.align}
              data-pinned={column.pinned}
              className={styles.cell}
              ref={(node) => place(node, columns, at)}
              onFocus={() => onFocusCell(at)}
            >
              {column.cell(data)}
            </div>
          )
        );
      })}
    </div>
  );
}
