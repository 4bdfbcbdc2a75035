import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { dbtProject } from '@/test/fake/dbt';
import { tables } from '@/test/fake/source';
import { heading, on, toTable } from '@/test/wizard';

const path = '/home/ana/kestrel/target/manifest.json';

async function toModels(host = fakeHost()) {
  const { user } = await toTable(host);
  await user.click(screen.getByRole('radio', { name: 'dbt project' }));
  await user.click(await screen.findByRole('button', { name: 'Choose manifest.json…' }));
  return { host, user };
}
const models = async () =>
  within(await screen.findByRole('grid', { name: 'Models' }))
    .getAllByRole('row')
    .flatMap((row) => within(row).queryAllByRole('gridcell')[0]?.textContent ?? []);

test('a model is found by its words, and picking it picks its table, its key and its descriptions', async () => {
  const { host, user } = await toModels();
  expect(await models()).toEqual([
    'accounts',
    'churn_risk',
    'lead_scores',
    'qualified_leads',
    'qualified_leads_dev',
  ]);
  expect(host.calls.find(({ command }) => command === 'dbt_project')?.input).toEqual({
    connection: 'Kestrel production',
    path,
  });
  await user.type(screen.getByRole('searchbox', { name: 'Search models' }), 'last night');
  expect(await models()).toEqual(['lead_scores']);
  await user.click(screen.getByText('lead_scores'));

  await screen.findByText('One row for each lead, with its score of last night.');
  await screen.findByText(/5,303 nulls/);
  const query = { type: 'table', schema: 'marketing', name: 'lead_scores' };
  expect(host.calls.findLast(({ command }) => command === 'key_check')?.input).toMatchObject({
    query,
    key: ['user_id'],
  });
  await user.click(screen.getByText('2 described columns'));
  screen.getByText('one of A, B, C and D');
  expect(await violations()).toEqual([]);

  await user.keyboard(on);
  await heading('Shape the payload');
  const grid = await screen.findByRole('grid', { name: 'Columns and keys' });
  // Titles are compared with their line breaks as spaces.
  expect(await within(grid).findByTitle('score_grade A is best. one of A, B, C and D')).toBeTruthy();
  expect(within(grid).getAllByTitle('company').length).toBeGreaterThan(0);
});

test('the project and the model are still chosen when one comes back', async () => {
  const { user } = await toModels();
  await user.click(await screen.findByText('lead_scores'));
  await screen.findByText(/5,303 nulls/);
  await user.keyboard(on);
  await heading('Shape the payload');
  await user.click(screen.getByRole('button', { name: 'Back' }));
  await heading('Which rows?');
  await screen.findByText('One row for each lead, with its score of last night.');
  expect((await screen.findByRole('row', { selected: true })).textContent).toContain('lead_scores');
});

test('a model that the login does not see says why, and is picked once it is there', async () => {
  const { host, user } = await toModels();
  await user.click(await screen.findByText('qualified_leads_dev'));
  await screen.findByText(/The project has it in the database shop_dev; this connection reads shop/);
  expect(host.calls.filter(({ command }) => command === 'source')).toEqual([]);
  await user.click(screen.getByText('churn_risk'));
  await screen.findByText(/The project has it as shop.marketing.churn_risk/);
  expect(await violations()).toEqual([]);
  await user.keyboard(on);
  await heading('Which rows?');

  host.answer('tables', () => [
    ...tables,
    { schema: 'marketing', name: 'churn_risk', kind: 'table', rows: 9 },
  ]);
  await user.click(screen.getByRole('button', { name: 'Read the list again' }));
  await waitFor(() =>
    expect(host.calls.findLast(({ command }) => command === 'source')?.input).toMatchObject({
      query: { type: 'table', schema: 'marketing', name: 'churn_risk' },
    }),
  );
});

test('what is wrong with the file is told, and another one can be chosen', async () => {
  const host = fakeHost();
  const message = 'The file is dbt’s “catalog”, not its manifest.';
  host.answer('dbt_project', () => {
    throw problem({ code: 'SLU-1002', kind: 'bad_file', message, fix: null });
  });
  const { user } = await toModels(host);
  await screen.findByText(message);
  expect(await violations()).toEqual([]);
  const asked = () => host.calls.filter(({ command }) => command === 'dbt_project').length;
  const before = asked();
  await user.click(screen.getByRole('button', { name: 'Another project…' }));
  await waitFor(() => expect(asked()).toBe(before + 1));
  host.answer('dbt_project', () => dbtProject);
  host.pickFile = () => Promise.resolve('/home/ana/other/manifest.json');
  await user.click(await screen.findByRole('button', { name: 'Another project…' }));
  await screen.findByText('churn_risk');
});
