import type { DbtModel } from '@/api/bindings/DbtModel';
import type { DbtTest } from '@/api/bindings/DbtTest';
import type { Source } from '@/api/bindings/Source';
import type { Table } from '@/api/bindings/Table';
import { listed } from '@/components/listed';
import type { TableName } from './choice';
import { text } from './text';

/** A project, and the model of it that was chosen. */
export interface DbtChoice {
  /** The project's manifest. */
  path: string;
  /** The model's id. */
  model: string | null;
}

const alike = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * The table that dbt made of a model, where the login sees one. dbt writes names as in the project, the warehouse as it
 * folds them; a schema of another database stands behind that database and a point.
 */
export function tableOf(model: DbtModel, tables: readonly Table[]): TableName | undefined {
  const schemas = [
    ...(model.elsewhere ? [] : [model.schema]),
    ...(model.database === null ? [] : [`${model.database}.${model.schema}`]),
  ];
  const found = tables.filter(
    (table) => alike(table.name, model.table) && schemas.some((schema) => alike(schema, table.schema)),
  );
  const exact = found.find(({ schema, name }) => name === model.table && schemas.includes(schema));
  const table = exact ?? found[0];
  return table && { schema: table.schema, name: table.name };
}

/** The model's key as the warehouse spells its columns, where it has them all. */
export function keyOf(model: DbtModel | undefined, { columns }: Source): string[] {
  const key = (model?.key ?? []).map(
    (name) =>
      (columns.find((one) => one.name === name) ?? columns.find((one) => alike(one.name, name)))?.name,
  );
  return key.flatMap((name) => name ?? []).length === key.length ? key.flatMap((name) => name ?? []) : [];
}

/** What is found in the list by a search. */
export const isFoundBy = (model: DbtModel, wanted: string): boolean =>
  [model.name, `${model.schema}.${model.table}`, model.description].some((words) =>
    words.toLowerCase().includes(wanted),
  );

export function testWords(test: DbtTest): string {
  switch (test.type) {
    case 'unique':
      return text.dbt.unique;
    case 'not_null':
      return text.dbt.notNull;
    case 'accepted_values':
      return text.dbt.accepted(listed(test.values));
    case 'unique_together':
      return text.dbt.together(listed(test.columns));
    case 'other':
      return test.name;
  }
}

/** What the project says of a column, by the column's name in small letters. */
export type Notes = ReadonlyMap<string, string>;

export const notesOf = (model: DbtModel | undefined): Notes =>
  new Map(
    (model?.columns ?? []).map(({ name, description, tests }) => [
      name.toLowerCase(),
      [description, tests.map(testWords).join(', ')].filter(Boolean).join('\n'),
    ]),
  );

/** A column's words for whoever points at it: its own, and what the project says of it. */
export const noted = (words: string, name: string, notes: Notes): string =>
  [words, notes.get(name.toLowerCase())].filter(Boolean).join('\n');
