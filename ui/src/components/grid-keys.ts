import type { Shortcut } from './shortcut';

/** The keys of every grid. */
export const gridShortcuts = {
  move: { keys: '↑', also: ['↓', '←', '→'], does: 'Move from cell to cell' },
  page: { keys: 'pageup', also: ['pagedown'], does: 'A page up or down' },
  row: { keys: 'home', also: ['end'], does: 'First or last cell of the row' },
  grid: { keys: 'mod+home', also: ['mod+end'], does: 'First or last cell of the grid' },
  column: { keys: 'mod+↑', also: ['mod+↓'], does: 'First or last cell of the column' },
  open: { keys: 'enter', does: 'Choose or open the row' },
} satisfies Record<string, Shortcut>;

/** A place in a grid, counted from 0. */
export interface Cell {
  row: number;
  column: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows one page jump passes. */
  page: number;
  /** Rows that take no focus. */
  skip: (row: number) => boolean;
}

/** The cell a key leads to, or null where the key is not one that moves. */
export function move(
  event: { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean },
  from: Cell,
  size: GridSize,
): Cell | null {
  if (event.altKey) return null;
  const far = event.ctrlKey || event.metaKey;
  const land = (row: number, step: 1 | -1): Cell => {
    let at = Math.max(0, Math.min(size.rows - 1, row));
    while (at >= 0 && at < size.rows && size.skip(at)) at += step;
    if (at < 0 || at >= size.rows) return from;
    return { row: at, column: from.column };
  };
  switch (event.key) {
    case 'ArrowDown':
      return far ? land(size.rows - 1, -1) : from.row >= size.rows - 1 ? from : land(from.row + 1, 1);
    case 'ArrowUp':
      return far ? land(0, 1) : from.row <= 0 ? from : land(from.row - 1, -1);
    case 'ArrowRight':
      return { row: from.row, column: Math.min(size.columns - 1, from.column + 1) };
    case 'ArrowLeft':
      return { row: from.row, column: Math.max(0, from.column - 1) };
    case 'PageDown':
      return land(from.row + size.page, -1);
    case 'PageUp':
      return land(from.row - size.page, 1);
    case 'Home':
      return far ? { ...land(0, 1), column: 0 } : { row: from.row, column: 0 };
    case 'End':
      return far
        ? { ...land(size.rows - 1, -1), column: size.columns - 1 }
        : { row: from.row, column: size.columns - 1 };
    default:
      return null;
  }
}
