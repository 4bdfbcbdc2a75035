import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Source } from '@/api/bindings/Source';
import { sourceQuery, useTables } from '@/api/queries';
import type { TableName } from './choice';
import { type Known, tablesIn } from './sql-complete';
import { type Dialect, partsOf, solid } from './sql-parts';

const idOf = ({ schema, name }: TableName) => JSON.stringify([schema, name]);

/**
 * Names for the statement. Columns are told by a look at a table's first rows, which can cost something in the warehouse:
 * what was looked at before is known, anything else is looked at only where the user asks for it.
 */
export function useKnown(connection: string | null, sql: string, dialect: Dialect): Known {
  const tables = useTables(connection).data;
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set());
  const named = useMemo(() => {
    const found = tablesIn(solid(partsOf(sql, dialect)), tables ?? []);
    return [...new Map(found.map(({ table }) => [idOf(table), table])).values()];
  }, [sql, dialect, tables]);
  const sources = useQueries({
    queries: named.map((table) => ({
      ...sourceQuery(connection, { type: 'table', schema: table.schema, name: table.name }),
      enabled: !!connection && wanted.has(idOf(table)),
    })),
    combine: (results) => results.map(({ data }): Source | undefined => data),
  });
  const look = useCallback((table: TableName) => setWanted((before) => new Set(before).add(idOf(table))), []);
  return useMemo(() => {
    const columns = new Map(named.map((table, index) => [idOf(table), sources[index]?.columns]));
    return { tables: tables ?? [], columnsOf: (table) => columns.get(idOf(table)), look };
  }, [tables, named, sources, look]);
}
