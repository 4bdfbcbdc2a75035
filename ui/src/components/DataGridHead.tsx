import type { GridColumn } from './DataGrid';
import { cx } from './cx';
import { place } from './grid-place';
import styles from './DataGrid.module.css';

/** The names of a DataGrid's columns; a hidden head is still read out. */
export function DataGridHead<Row>({
  columns,
  shown,
  hidden,
}: {
  columns: readonly GridColumn<Row>[];
  shown: readonly number[];
  hidden: boolean;
}) {
  return (
    <div role="rowgroup" className={styles.headGroup}>
      <div role="row" aria-rowindex={1} className={cx(styles.row, styles.headRow, hidden && styles.noHead)}>
        {shown.map((index) => {
          const column = columns[index];
          return (
            column && (
              <div
                key={column.id}
                role="columnheader"
                aria-colindex={index + 1}
                data-align={column.align}
                data-pinned={column.pinned}
                aria-label={column.name}
                className={styles.head}
                ref={(node) => place(node, columns, index)}
              >
                {column.head}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
