import { useMemo } from 'react';
import type { Column } from '@/api/bindings/Column';
import type { Source } from '@/api/bindings/Source';
import { Button } from '@/components/Button';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { Icon } from '@/components/Icon';
import { t } from '@/components/text';
import { clockTime, counted, duration } from '@/components/times';
import { typeWords } from '../column-types';
import { type Notes, noted } from './dbt';
import { text } from './text';
import styles from './source.module.css';

interface Row {
  index: number;
  values: (string | null)[];
}

const numeric = (column: Column) => column.logical === 'integer' || column.logical === 'number';
const typeOf = (column: Column) =>
  `${typeWords[column.logical]}${column.personal ? ` · ${text.personal}` : ''}`;
const widthOf = (column: Column, rows: readonly (string | null)[][], at: number) => {
  const longest = Math.max(
    column.name.length,
    typeOf(column).length,
    ...rows.slice(0, 30).map((row) => (row[at] ?? '').length),
  );
  // The first column begins at the page's margin.
  return Math.min(280, Math.max(88, (at === 0 ? 36 : 24) + longest * 8.2));
};

/** The first rows as they are, personal data masked. */
export function Preview({
  source,
  notes,
  onReload,
  reloading,
}: {
  source: Source;
  /** What is known of its columns beside their types. */
  notes: Notes;
  onReload: () => void;
  reloading: boolean;
}) {
  const columns = useMemo(
    () =>
      source.columns.map((column, at): GridColumn<Row> => ({
        id: column.name,
        width: Math.round(widthOf(column, source.rows, at)),
        ...(numeric(column) ? { align: 'end' as const } : {}),
        head: (
          <span
            className={styles.columnHead}
            title={noted(`${column.name}, ${column.native}`, column.name, notes)}
          >
            <span className={styles.columnName} dir="auto">
              {column.name}
            </span>
            <span className={styles.columnType}>{typeOf(column)}</span>
          </span>
        ),
        cell: ({ values }) => {
          const value = values[at];
          return value === null || value === undefined ? (
            <span className={t('null')}>null</span>
          ) : (
            <span className={t('cut', 'data')} title={value} dir="auto">
              {value}
            </span>
          );
        },
      })),
    [source, notes],
  );
  const rows = useMemo(() => source.rows.map((values, index) => ({ index, values })), [source]);
  return (
    <section className={styles.preview} aria-label={text.preview}>
      <div className={styles.previewBar}>
        <h3 className={t('label')}>{text.preview}</h3>
        <span className={t('sm', 'faint', 'cut')}>
          {text.previewDetail(
            counted(source.rows.length, 'row', 'rows'),
            clockTime(source.read_at),
            duration(source.took_ms),
          )}
        </span>
        {source.columns.some(({ personal }) => personal) && (
          <span className={styles.masked}>
            <Icon name="eyeoff" size={14} />
            {text.masked}
          </span>
        )}
        <Button
          look="quiet"
          size="sm"
          icon="refresh"
          busy={reloading}
          onPress={onReload}
          className={t('push')}
        >
          {text.readAgain}
        </Button>
      </div>
      <DataGrid
        label={text.preview}
        columns={columns}
        rows={rows}
        rowKey={({ index }) => String(index)}
        headHeight={44}
        empty={<p className={t('soft')}>{text.noRows}</p>}
      />
    </section>
  );
}
