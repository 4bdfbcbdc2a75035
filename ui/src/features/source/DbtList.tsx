import { useMemo, useState } from 'react';
import type { DbtModel } from '@/api/bindings/DbtModel';
import type { Table } from '@/api/bindings/Table';
import { asProblem } from '@/api/client';
import { useDbtProject } from '@/api/queries';
import { Empty, Note } from '@/components/Banner';
import { Button, IconButton } from '@/components/Button';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { exactTime } from '@/components/times';
import { host } from '@/host';
import type { TableName } from './choice';
import { type DbtChoice, isFoundBy, tableOf } from './dbt';
import { Name } from './TableList';
import { text } from './text';
import styles from './source.module.css';

interface Row {
  model: DbtModel;
  /** Where the login sees it. */
  table: TableName | undefined;
}

const columnsFor = (search: string): GridColumn<Row>[] => [
  {
    id: 'name',
    head: 'Name',
    width: 'grow',
    cell: ({ model, table }) => (
      <span className={styles.table} title={`${model.schema}.${model.table}\n${model.description}`.trim()}>
        <Icon name={table ? (model.materialized === 'view' ? 'view' : 'table') : 'warning'} size={14} />
        <span className={t('cut', 'data')} dir="auto">
          <Name name={model.name} search={search} />
        </span>
      </span>
    ),
  },
  {
    id: 'materialized',
    head: 'Made as',
    width: 92,
    align: 'end',
    cell: ({ model }) => <span className={styles.rowCount}>{model.materialized.replaceAll('_', ' ')}</span>,
  },
];

interface Props {
  connection: string | null;
  choice: DbtChoice | null;
  /** What the login sees; there later, or not at all where the list could not be read. */
  tables: readonly Table[] | undefined;
  loading: boolean;
  onChoose: (choice: DbtChoice, table: TableName | null, model?: DbtModel) => void;
}

/** The models of a dbt project, searchable, with the tables they became. */
export function DbtList({ connection, choice, tables, loading, onChoose }: Props) {
  const [search, setSearch] = useState('');
  const project = useDbtProject(connection, choice?.path ?? null);
  const { data } = project;
  const wanted = search.trim();
  const rows = useMemo(
    () => (data?.models ?? []).map((model): Row => ({ model, table: tableOf(model, tables ?? []) })),
    [data, tables],
  );
  const shown = useMemo(
    () => rows.filter(({ model }) => isFoundBy(model, wanted.toLowerCase())),
    [rows, wanted],
  );
  const columns = useMemo(() => columnsFor(wanted), [wanted]);
  const pick = async () => {
    const path = await host().pickFile({ title: text.dbt.file, endings: ['json'] });
    // The same file again may have changed meanwhile.
    if (path && path === choice?.path) void project.refetch();
    else if (path) onChoose({ path, model: null }, null);
  };
  const button = (
    <Button icon="file" onPress={() => void pick()}>
      {choice ? text.dbt.other : text.dbt.choose}
    </Button>
  );
  const reading = !!choice && ((project.isFetching && !data) || (loading && !tables));
  if (!choice || !data || reading || project.error)
    return (
      <section className={styles.list} aria-label={text.dbt.models}>
        {reading ? (
          <div className={styles.listState}>
            <State state="running">{text.dbt.reading}</State>
          </div>
        ) : project.error ? (
          <div className={styles.listState}>
            <ProblemBox
              problem={asProblem(project.error)}
              action={
                <>
                  <Button icon="refresh" onPress={() => void project.refetch()}>
                    {text.readAgain}
                  </Button>
                  {button}
                </>
              }
            />
          </div>
        ) : (
          <Empty title={text.dbt.start} icon="file" action={button}>
            {text.dbt.startText}
          </Empty>
        )}
      </section>
    );
  return (
    <section className={styles.list} aria-label={text.dbt.models}>
      <div className={styles.searchBar}>
        <SearchField
          label={text.dbt.search}
          value={search}
          onChange={setSearch}
          count={text.of(shown.length, rows.length)}
        />
      </div>
      <div className={styles.schemaBar}>
        <span className={t('sm', 'soft', 'cut', 'data')} title={choice.path} dir="auto">
          {text.dbt.project(data.name, data.generated_at && exactTime(data.generated_at))}
        </span>
        <IconButton
          icon="refresh"
          label={text.dbt.readAgain}
          busy={project.isFetching}
          onPress={() => void project.refetch()}
        />
      </div>
      <DataGrid
        label={text.dbt.models}
        columns={columns}
        rows={shown}
        rowKey={({ model }) => model.id}
        rowHeight={28}
        headHeight={0}
        rowLook={({ table }) => (table ? undefined : 'out')}
        selectedKey={choice.model}
        manual
        onSelect={({ model, table }) => onChoose({ ...choice, model: model.id }, table ?? null, model)}
        className={styles.models}
        empty={<p className={t('soft')}>{text.dbt.noMatch(search)}</p>}
      />
      <div className={styles.listFoot}>
        {button}
        <Note>{text.dbt.foot}</Note>
      </div>
    </section>
  );
}
