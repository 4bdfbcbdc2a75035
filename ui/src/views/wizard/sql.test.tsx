import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';

const next = '{Control>}{Enter}{/Control}';
const read = '{Control>}{Shift>}{Enter}{/Shift}{/Control}';
const bad = (message: string) =>
  problem({ code: 'SLU-1003', kind: 'bad_query', message, hint: 'Correct the query.', fix: null });

async function toSql(host = fakeHost()) {
  renderWindow('/new', host);
  const user = userEvent.setup();
  await screen.findByText('Your tables are only read.');
  await user.click(await screen.findByRole('radio', { name: /Kestrel production/ }, { timeout: 10_000 }));
  await user.keyboard(next);
  await screen.findByRole('heading', { level: 1, name: 'Which rows?' });
  await user.click(screen.getByRole('radio', { name: 'SQL' }));
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'One SELECT statement' });
  await user.click(field);
  const marked = () => document.querySelector('[class*="_mark_"]')?.textContent;
  return { host, user, field, marked };
}

test('a statement is typed with what is offered, read by its keys, and kept in the draft', async () => {
  const { host, user, field } = await toSql();
  await user.keyboard('select lead_id from lead_o');
  const list = await screen.findByRole('listbox', { name: 'What can stand here' });
  expect(field.getAttribute('aria-activedescendant')).toBe(list.firstElementChild?.id);
  expect(await violations()).toEqual([]);
  await user.keyboard('{Enter}');
  expect(field.value).toBe('select lead_id from sales.lead_owners');
  expect(screen.queryByRole('listbox', { name: 'What can stand here' })).toBeNull();
  expect(document.querySelector('[class*="_word_"]')?.textContent).toBe('select');

  await user.keyboard(read);
  await screen.findByText(/No duplicates and no nulls/);
  screen.getByRole('heading', { level: 1, name: 'Which rows?' });
  const query = { type: 'sql', sql: 'select lead_id from sales.lead_owners' };
  expect(host.calls.findLast(({ command }) => command === 'source')?.input).toMatchObject({ query });
  await waitFor(
    () =>
      expect(JSON.stringify(host.calls.findLast(({ command }) => command === 'draft_save')?.input)).toContain(
        query.sql,
      ),
    { timeout: 5000 },
  );
});

test('columns of a table are looked up only where the user asks for it', async () => {
  const { host, user, field } = await toSql();
  await user.keyboard('select 1 from sales.lead_owners o where o.');
  const look = await screen.findByRole('option', { name: /Read the first rows of sales.lead_owners/ });
  expect(host.calls.filter(({ command }) => command === 'source')).toEqual([]);
  await user.click(look);
  await user.click(await screen.findByRole('option', { name: /^lead_score .*· o$/ }));
  expect(field.value).toBe('select 1 from sales.lead_owners o where o.lead_score');
});

test('an error stands at its place until the statement is edited', async () => {
  const { host, user, field, marked } = await toSql();
  host.answer('source', () => {
    throw bad('The query is not SQL that Sluice understands: found: id at Line: 2, Column: 13.');
  });
  await user.keyboard('select *{Enter}from x wher id');
  await user.keyboard('{Escape}');
  await user.keyboard(read);
  await waitFor(() => expect(marked()).toBe('id'));
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
    'Line 2, column 13',
  );
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Show the place' }));
  expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('id');
  await user.keyboard('x');
  await waitFor(() => expect(marked()).toBeUndefined());

  host.answer('source', () => {
    throw bad('The query has to be exactly one SELECT.');
  });
  await user.clear(field);
  await user.type(field, 'select 1; drop table x');
  await user.keyboard(read);
  await waitFor(() => expect(marked()).toBe('drop'));
});

test('Tab leaves the statement, and without a list of tables one can still type and read', async () => {
  const host = fakeHost();
  host.answer('tables', () => {
    throw problem({ message: 'The list is not to be had.' });
  });
  const { user, field } = await toSql(host);
  await user.keyboard('select 1 fro');
  await screen.findByRole('option', { name: 'from' });
  await user.keyboard('{Tab}');
  expect(document.activeElement).not.toBe(field);
  expect(screen.queryByRole('listbox', { name: 'What can stand here' })).toBeNull();
  await user.click(screen.getByRole('button', { name: /Read rows/ }));
  await screen.findByText(/No duplicates and no nulls/);
});

test('what was wrong is told once, goes while one types, and a name nearly right is written right', async () => {
  const { host, user, field, marked } = await toSql();
  host.answer('source', () => {
    throw bad('The sample can not run this query: no such table: sales.lead_ownerss.');
  });
  await user.keyboard('select * from sales.lead_ownerss');
  await user.keyboard('{Escape}');
  await user.keyboard(read);
  await waitFor(() => expect(marked()).toBe('lead_ownerss'));
  expect(screen.getAllByText(/no such table/)).toHaveLength(1);
  expect(screen.queryByRole('button', { name: 'Read again' })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Write lead_owners' }));
  expect(field.value).toBe('select * from sales.lead_owners');
  await waitFor(() => expect(screen.queryByText(/no such table/)).toBeNull());
});

test('a table is found by keyboard, and a warehouse that is away leads to its connection', async () => {
  const { host, user } = await toSql();
  await user.click(screen.getByRole('radio', { name: 'Table or view' }));
  await user.click(screen.getByRole('searchbox', { name: 'Search tables' }));
  await user.keyboard('lead_own{ArrowDown}');
  expect(document.activeElement?.textContent).toContain('lead_owners');
  await user.click(screen.getByRole('searchbox', { name: 'Search tables' }));
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('heading', { name: 'sales.lead_owners' })).toBeTruthy();
  host.answer('tables', () => {
    throw problem({ kind: 'unreachable', message: 'There is no such host.' });
  });
  await user.click(screen.getByRole('button', { name: 'Read the list again' }));
  await user.click(await screen.findByRole('button', { name: 'Change the connection' }));
  expect(await screen.findByRole('heading', { level: 1, name: /Connect to/ })).toBeTruthy();
});
