import { useMemo, useRef, useState } from 'react';
import type { Table } from '@/api/bindings/Table';
import { Empty, Note } from '@/components/Banner';
import { IconButton } from '@/components/Button';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { Select } from '@/components/Select';
import { t } from '@/components/text';
import { count, shortCount } from '@/components/times';
import { text } from './text';
import styles from './source.module.css';

type Row = { kind: 'schema'; schema: string } | { kind: 'table'; table: Table };

const idOf = (table: { schema: string; name: string }) => `${table.schema}.${table.name}`;

/** How many rows it has, or what it is where nobody counted. */
const sizeOf = ({ rows, kind }: Table) => (rows === null ? text.kinds[kind] : shortCount(rows));

/** A name with what was searched for in it. */
export function Name({ name, search }: { name: string; search: string }) {
  const at = search ? name.toLowerCase().indexOf(search.toLowerCase()) : -1;
  if (at < 0) return name;
  return (
    <>
      {name.slice(0, at)}
      <mark className={styles.hit}>{name.slice(at, at + search.length)}</mark>
      {name.slice(at + search.length)}
    </>
  );
}

interface Props {
  tables: readonly Table[];
  chosen: { schema: string; name: string } | null;
  onChoose: (table: { schema: string; name: string }) => void;
  onReload: () => void;
  loading: boolean;
  /** The list could not be read: nobody knows what the login sees. */
  failed: boolean;
}

/** Tables and views of all schemas, searchable. */
export function TableList({ tables, chosen, onChoose, onReload, loading, failed }: Props) {
  const [search, setSearch] = useState('');
  const [schema, setSchema] = useState('');
  const list = useRef<HTMLElement>(null);
  const schemas = useMemo(() => [...new Set(tables.map((table) => table.schema))].sort(), [tables]);
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return tables.filter(
      (table) => (!schema || table.schema === schema) && idOf(table).toLowerCase().includes(wanted),
    );
  }, [tables, schema, search]);
  const rows = useMemo(
    (): Row[] =>
      schemas.flatMap((name) => {
        const inside = shown.filter((table) => table.schema === name);
        return inside.length === 0
          ? []
          : [
              { kind: 'schema' as const, schema: name },
              ...inside.map((table) => ({ kind: 'table' as const, table })),
            ];
      }),
    [schemas, shown],
  );
  const sizes = shown.map(sizeOf);
  const columns: GridColumn<Row>[] = [
    {
      id: 'name',
      head: 'Name',
      width: 'grow',
      cell: (row) =>
        row.kind === 'table' && (
          <span className={styles.table} title={idOf(row.table)}>
            <Icon
              name={row.table.kind === 'table' || row.table.kind === 'foreign_table' ? 'table' : 'view'}
              size={14}
            />
            <span className={t('cut', 'data')} dir="auto">
              <Name name={row.table.name} search={search.trim()} />
            </span>
          </span>
        ),
    },
    {
      id: 'rows',
      head: 'Rows',
      // No wider than what is in it: the names need the room.
      width: Math.min(96, 40 + 7 * Math.max(0, ...sizes.map(({ length }) => length - 3))),
      align: 'end',
      cell: (row) =>
        row.kind === 'table' && (
          <span
            className={styles.rowCount}
            title={row.table.rows === null ? text.kinds[row.table.kind] : count(row.table.rows)}
          >
            {sizeOf(row.table)}
          </span>
        ),
    },
  ];
  return (
    <section ref={list} className={styles.list} aria-label={text.tables}>
      <div className={styles.searchBar}>
        <SearchField
          label={text.search}
          value={search}
          onChange={setSearch}
          count={text.of(shown.length, tables.length)}
          onSubmit={() => {
            const [first] = rows.flatMap((row) => (row.kind === 'table' ? [row.table] : []));
            if (first && search.trim()) onChoose({ schema: first.schema, name: first.name });
          }}
          inputProps={{
            onKeyDown: ({ key }) => {
              if (key === 'ArrowDown')
                list.current?.querySelector<HTMLElement>('[data-cell][tabindex="0"]')?.focus();
            },
          }}
        />
      </div>
      <div className={styles.schemaBar}>
        <Select
          label={text.schema}
          hideLabel
          look="bare"
          value={schema}
          onChange={setSchema}
          options={[
            { value: '', label: text.allSchemas },
            ...schemas.map((name) => ({ value: name, label: name })),
          ]}
        />
        <IconButton icon="refresh" label={text.readList} busy={loading} onPress={onReload} />
      </div>
      <DataGrid
        label={text.tables}
        columns={columns}
        rows={rows}
        rowKey={(row) => (row.kind === 'schema' ? `schema ${row.schema}` : idOf(row.table))}
        rowHeight={28}
        headHeight={0}
        fullRow={(row) =>
          row.kind === 'schema' && (
            <span className={styles.schema}>
              <Icon name="schema" size={14} />
              <bdi className={t('cut')}>{row.schema}</bdi>
            </span>
          )
        }
        selectedKey={chosen ? idOf(chosen) : null}
        manual
        onSelect={(row) =>
          row.kind === 'table' && onChoose({ schema: row.table.schema, name: row.table.name })
        }
        className={styles.tables}
        empty={
          loading ? null : search ? (
            <p className={t('soft')}>{text.noMatch(search)}</p>
          ) : failed ? (
            <p className={t('soft')}>{text.noList}</p>
          ) : (
            <Empty title={text.noTables}>{text.noTablesText}</Empty>
          )
        }
      />
      <div className={styles.listFoot}>
        <Note>{text.statistics}</Note>
      </div>
    </section>
  );
}
