import type { GridColumn } from './DataGrid';

/** Puts a cell into its column; a pinned one also keeps its distance from the left edge. */
export function place<Row>(
  node: HTMLElement | null,
  columns: readonly GridColumn<Row>[],
  index: number,
): void {
  if (!node) return;
  node.style.gridColumn = String(index + 1);
  if (!columns[index]?.pinned) return;
  const left = columns.slice(0, index).reduce((sum, column) => sum + Number(column.width), 0);
  node.style.left = `${String(left)}px`;
}
