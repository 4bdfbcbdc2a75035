import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DbtModel } from '@/api/bindings/DbtModel';
import { asProblem, call } from '@/api/client';
import { useConnections, useKeyCheck, useSource, useTables } from '@/api/queries';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { byteSize, counted } from '@/components/times';
import { type TableName, queryOf } from '@/features/source/choice';
import { type DbtChoice, keyOf, tableOf } from '@/features/source/dbt';
import { DbtList } from '@/features/source/DbtList';
import { Identifiers } from '@/features/source/Identifiers';
import { ModelFacts } from '@/features/source/ModelFacts';
import { Preview } from '@/features/source/Preview';
import { RowKey } from '@/features/source/RowKey';
import { SqlEditor } from '@/features/source/SqlEditor';
import { TableList } from '@/features/source/TableList';
import { text as words } from '@/features/source/text';
import { Unseen } from '@/features/source/Unseen';
import { useModel } from '@/features/source/use-model';
import { useWizard } from './context';
import { openPoints } from './progress';
import { StepFrame } from './StepFrame';
import { text } from './text';
import styles from './wizard.module.css';

export function TableStep() {
  const { state, dispatch, go } = useWizard();
  const client = useQueryClient();
  const { source: choice } = state;
  const connection = state.warehouse.connection;
  const kind = useConnections().data?.find(({ name }) => name === connection)?.kind ?? null;
  const tables = useTables(connection);
  const query = queryOf(choice);
  const source = useSource(connection, query);
  const check = useKeyCheck(connection, source.data ? query : null, choice.key);
  const [reloading, setReloading] = useState(false);
  const { data } = source;
  const { model, database, notes } = useModel(connection, choice);

  useEffect(() => {
    if (data) dispatch({ type: 'looked', source: data, key: keyOf(model, data) });
  }, [data, model, dispatch]);

  // A model's table that the login comes to see is the one that was chosen.
  useEffect(() => {
    const table = model && !choice.table && tableOf(model, tables.data ?? []);
    if (table) dispatch({ type: 'source', source: { ...choice, table } });
  }, [model, choice, tables.data, dispatch]);

  const set = (part: Partial<typeof choice>) => dispatch({ type: 'source', source: { ...choice, ...part } });
  const setModel = (dbt: DbtChoice, table: TableName | null, chosen?: DbtModel) => {
    // Rows that were looked at already are not looked at again, so their key is set here.
    const same = data && choice.lookedAt === JSON.stringify(queryOf({ ...choice, table }));
    const key = same ? keyOf(chosen, data) : [];
    set({ dbt, table, ...(key.length > 0 ? { key } : {}) });
  };
  const readAgain = async () => {
    if (!connection || !query) return;
    setReloading(true);
    const answer = call('source', { connection, query, fresh: true });
    await client
      .fetchQuery({ queryKey: ['source', connection, query], queryFn: () => answer, staleTime: 0 })
      .catch(() => undefined);
    await client.invalidateQueries({ queryKey: ['key_check', connection, query] });
    setReloading(false);
  };
  const read = () => {
    if (choice.sql.trim() === choice.readSql) void readAgain();
    else set({ readSql: choice.sql.trim() });
  };
  const inSql = choice.mode === 'sql';
  // What is said of a statement is about it as it was read: once it is edited it is no more.
  const edited = inSql && choice.sql.trim() !== choice.readSql;
  const error = edited ? null : (source.error ?? (inSql ? null : tables.error));
  const ofQuery = error !== null && ['bad_query', 'missing_object'].includes(asProblem(error).kind);
  const points = source.isFetching && !data ? [text.table.reading] : openPoints('table', state);
  return (
    <StepFrame
      step="table"
      title={text.table.title}
      about={text.table.text}
      headEnd={
        <Segmented
          label={text.table.mode}
          value={choice.mode}
          onChange={(mode) => set({ mode })}
          options={[
            { value: 'table', label: text.table.modes.table },
            { value: 'sql', label: text.table.modes.sql },
            { value: 'dbt', label: text.table.modes.dbt },
          ]}
        />
      }
      problems={query ? points : []}
      todo={query ? undefined : points[0]}
      main={{ label: text.next, onPress: () => go('payload') }}
    >
      {choice.mode === 'table' && (
        <TableList
          tables={tables.data ?? []}
          chosen={choice.table}
          loading={tables.isFetching}
          failed={tables.isError}
          onReload={() => void tables.refetch()}
          onChoose={(table) => set({ table, dbt: choice.dbt ? { ...choice.dbt, model: null } : null })}
        />
      )}
      {choice.mode === 'dbt' && (
        <DbtList
          connection={connection}
          choice={choice.dbt ?? null}
          tables={tables.data}
          loading={tables.isFetching}
          onChoose={setModel}
        />
      )}
      <div className={styles.tablePane}>
        <div className={styles.tableFacts}>
          {choice.mode === 'sql' && (
            <SqlEditor
              sql={choice.sql}
              readSql={choice.readSql}
              connection={connection}
              kind={kind}
              problem={source.error ? asProblem(source.error) : null}
              busy={source.isFetching}
              onChange={(sql) => set({ sql })}
              onRead={read}
            />
          )}
          {error && (
            <ProblemBox
              problem={asProblem(error)}
              action={
                <>
                  {!inSql && (
                    <Button
                      icon="refresh"
                      onPress={() => void (source.error ? source.refetch() : tables.refetch())}
                    >
                      {words.readAgain}
                    </Button>
                  )}
                  {!ofQuery && (
                    <Button icon="pencil" onPress={() => go('connection')}>
                      {text.table.changeConnection}
                    </Button>
                  )}
                </>
              }
            />
          )}
          {!query && choice.mode !== 'sql' && !error && !model && (
            <Empty title={choice.mode === 'dbt' ? words.dbt.chooseModel : words.choose}>
              {words.chooseText}
            </Empty>
          )}
          {!query && model && !error && (
            <Unseen
              model={model}
              database={database}
              busy={tables.isFetching}
              onReload={() => void tables.refetch()}
            />
          )}
          {source.isFetching && !data && <State state="running">{text.table.reading}</State>}
          {data && query && (
            <>
              <div className={styles.tableTitle}>
                <h2 className={cx(t('head', 'cut', 'data'))} dir="auto">
                  {query.type === 'table' ? `${query.schema}.${query.name}` : words.statement}
                </h2>
                <span className={t('soft')}>
                  {text.table.columns(
                    counted(data.columns.length, 'column', 'columns'),
                    check.data
                      ? counted(check.data.rows, 'row', 'rows')
                      : data.total_rows === null
                        ? null
                        : text.table.about(counted(data.total_rows, 'row', 'rows')),
                  )}
                </span>
                {data.cost && (
                  <span className={t('soft')}>
                    {text.table.cost(byteSize(data.cost.bytes), data.cost.price)}
                  </span>
                )}
              </div>
              {model && <ModelFacts model={model} />}
              <Identifiers
                source={data}
                identifiers={choice.identifiers}
                needed={points.includes(text.table.noIdentifier)}
                onChange={(identifiers) => set({ identifiers })}
              />
              <RowKey source={data} columns={choice.key} check={check} onChange={(key) => set({ key })} />
            </>
          )}
        </div>
        {data && query && (
          <Preview source={data} notes={notes} reloading={reloading} onReload={() => void readAgain()} />
        )}
      </div>
    </StepFrame>
  );
}
