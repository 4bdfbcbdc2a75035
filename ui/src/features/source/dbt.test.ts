import { expect, test } from 'vitest';
import type { DbtModel } from '@/api/bindings/DbtModel';
import type { Table } from '@/api/bindings/Table';
import { dbtProject } from '@/test/fake/dbt';
import { leadScores } from '@/test/fake/source';
import { keyOf, notesOf, noted, tableOf, testWords } from './dbt';

const model = (more: Partial<DbtModel>): DbtModel => ({ ...(dbtProject.models[0] as DbtModel), ...more });
const table = (schema: string, name: string): Table => ({ schema, name, kind: 'table', rows: null });

test('a model’s table is found as the warehouse spells it', () => {
  const orders = model({ database: 'shop', schema: 'marts', table: 'orders' });
  expect(tableOf(orders, [table('MARTS', 'ORDERS')])).toEqual({ schema: 'MARTS', name: 'ORDERS' });
  expect(tableOf(orders, [table('MARTS', 'orders'), table('marts', 'orders')])?.schema).toBe('marts');
  expect(tableOf(orders, [table('marts', 'orders_old'), table('staging', 'orders')])).toBeUndefined();
});

test('a table of the same name in another database is not the model’s', () => {
  const orders = model({ database: 'shop_dev', schema: 'marts', table: 'orders', elsewhere: true });
  expect(tableOf(orders, [table('marts', 'orders')])).toBeUndefined();
  expect(tableOf(orders, [table('SHOP_DEV.MARTS', 'ORDERS')])?.schema).toBe('SHOP_DEV.MARTS');
  expect(tableOf({ ...orders, database: null, elsewhere: false }, [table('marts', 'orders')])?.name).toBe(
    'orders',
  );
});

test('a key is suggested where the rows have all of its columns', () => {
  expect(keyOf(model({ key: ['LEAD_ID'] }), leadScores)).toEqual(['lead_id']);
  expect(keyOf(model({ key: ['lead_id', 'company'] }), leadScores)).toEqual(['lead_id', 'company']);
  expect(keyOf(model({ key: ['lead_id', 'gone'] }), leadScores)).toEqual([]);
  expect(keyOf(undefined, leadScores)).toEqual([]);
});

test('tests are told in words, and stand below what a column is called', () => {
  expect(testWords({ type: 'unique_together', columns: ['day', 'shop'] })).toBe(
    'day and shop unique together',
  );
  expect(testWords({ type: 'other', name: 'dbt_utils.at_least_one' })).toBe('dbt_utils.at_least_one');
  const notes = notesOf(dbtProject.models.find(({ name }) => name === 'lead_scores'));
  expect(noted('user_id, text', 'user_id', notes)).toBe('user_id, text\nOf the product.\nunique, never null');
  expect(noted('email', 'email', notes)).toBe('email');
});
