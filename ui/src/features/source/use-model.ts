import { useMemo } from 'react';
import type { DbtModel } from '@/api/bindings/DbtModel';
import { useDbtProject } from '@/api/queries';
import type { SourceChoice } from './choice';
import { type Notes, notesOf } from './dbt';

/** The dbt model that the rows are of, where they were chosen as one, and what it says of its columns. */
export function useModel(
  connection: string | null,
  { mode, dbt }: SourceChoice,
): { model: DbtModel | undefined; database: string | null; notes: Notes } {
  const wanted = mode === 'sql' ? null : dbt?.model;
  const project = useDbtProject(connection, wanted ? (dbt?.path ?? null) : null).data;
  return useMemo(() => {
    const model = wanted ? project?.models.find(({ id }) => id === wanted) : undefined;
    return { model, database: project?.database ?? null, notes: notesOf(model) };
  }, [project, wanted]);
}
