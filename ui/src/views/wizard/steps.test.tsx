import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';
import { heading, on, toPayload, toTable } from '@/test/wizard';

test('a column that was left out is not suggested again', async () => {
  const { user } = await toPayload();
  await user.click(screen.getByRole('radio', { name: 'Record' }));
  await user.click(screen.getByRole('checkbox', { name: 'Send full_name' }));
  await user.keyboard(on);
  await heading('When should it run?');
  await user.keyboard(on);
  await heading('Where should it go?');
  await user.click(await screen.findByRole('radio', { name: /Practice CRM/ }));
  await user.keyboard(on);
  await screen.findByRole('grid', { name: 'Fields' });
  await screen.findByText('Required field open: Full name');
  expect(screen.queryByRole('button', { name: /Accept/ })).toBeNull();
  expect(screen.getByRole('radio', { name: 'Suggested 0' })).toBeTruthy();
});

test('a warehouse that does not answer is not said to show no tables', async () => {
  const host = fakeHost();
  host.answer('tables', () => {
    throw problem({ message: 'Nobody answers at 127.0.0.1:1.' });
  });
  await toTable(host);
  await screen.findByText(/Nobody answers/);
  const list = screen.getByRole('region', { name: 'Tables and views' });
  within(list).getByText('The tables could not be listed.');
  expect(screen.queryByText(/sees no tables/)).toBeNull();
  await waitFor(() => expect(screen.queryByText(/Grant it SELECT/)).toBeNull());
});

test('a connection whose test failed is saved as failed, and its step is not ticked', async () => {
  const host = fakeHost();
  renderWindow('/new', host);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('radio', { name: /Host, database/ }));
  await user.keyboard(on);
  await heading('Connect to PostgreSQL');
  await user.click(screen.getByRole('textbox', { name: /Paste a URL/ }));
  await user.paste('postgres://SLUICE_READER:hush@db.example.com/shop');
  await user.click(await screen.findByRole('button', { name: /Test connection/ }));
  await screen.findByText('Stopped at step 5 of 6');
  await user.click(screen.getByRole('button', { name: 'Continue without a test' }));
  await heading('Which rows?');
  expect(host.calls.find(({ command }) => command === 'connection_save')?.input).toMatchObject({
    passed: false,
  });
  expect(await screen.findByRole('button', { name: /Connection.*needs you/ })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Use sample data instead' }));
  const rail = screen.getByRole('navigation', { name: 'Steps' });
  await within(rail).findByRole('button', { name: /Warehouse.*Sample warehouse/ });
  expect(within(rail).getByRole('button', { name: /Connection.*Sample warehouse/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Use sample data instead' })).toBeNull();
});

test('a step begins at its question, and a problem takes the focus to where it is mended', async () => {
  const { user } = await toTable();
  expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  await user.click(await screen.findByText('daily_totals'));
  await screen.findByText('No identifier yet');
  await user.keyboard(on);
  const pick = screen.getByRole('button', { name: /Column for email/ });
  await waitFor(() => expect(document.activeElement).toBe(pick));
});

test('a track event is asked for its name quietly, and the rest of the payload stays in sight', async () => {
  const { user } = await toPayload();
  await user.click(screen.getByRole('radio', { name: 'Track' }));
  await screen.findByText('Give the event a name');
  const json = screen.getByRole('region', { name: 'Payload of one row' });
  await waitFor(() => expect(json.textContent).toMatch(/"event": "…"/));
  expect(screen.queryByRole('alert')).toBeNull();
  await user.click(screen.getByRole('radio', { name: 'From a column' }));
  await screen.findByText('Choose the column with the event name');
  expect(screen.getByRole('button', { name: /Choose a column/ })).toBeTruthy();
  await user.keyboard(on);
  await screen.findByText('Choose the column that has each row’s event name.');
  await heading('Shape the payload');
});

test('a saved sync that is changed is told to go on as it was', async () => {
  const host = fakeHost();
  renderWindow('/wizard/sync:Product usage/schedule', host);
  await heading('When should it run?');
  screen.getByText('No changes yet');
  screen.getByRole('button', { name: 'Close' });
  expect(screen.queryByRole('button', { name: 'Use sample data instead' })).toBeNull();
  await userEvent.setup().click(screen.getByRole('radio', { name: /Only when I press Sync now/ }));
  await screen.findByText(/^Not live yet, kept/);
  screen.getByRole('button', { name: 'Keep changes and close' });
});

test('a field of a step has an example, and says what is wrong with it once it is left', async () => {
  const { user } = await toPayload();
  await user.click(screen.getByRole('button', { name: 'Constant' }));
  const constant = await screen.findByRole('dialog', { name: 'Add a constant' });
  expect(within(constant).getByText('For example warehouse')).toBeTruthy();
  await user.click(within(constant).getByRole('radio', { name: 'Number' }));
  await user.type(within(constant).getByRole('textbox', { name: 'Value' }), 'twelve');
  expect(within(constant).queryByText(/A number, for example/)).toBeNull();
  await user.click(within(constant).getByRole('textbox', { name: /Key in the payload/ }));
  await within(constant).findByText('A number, for example 12 or 0.5.');
  await user.tab();
  await within(constant).findByText('A key is needed, for example origin.');
  await user.keyboard('{Escape}');

  await user.click(screen.getByRole('button', { name: 'Template' }));
  const template = await screen.findByRole('dialog', { name: 'Add a template' });
  await user.type(within(template).getByRole('textbox', { name: 'Template' }), 'no column');
  expect(within(template).queryByText(/Name at least one column/)).toBeNull();
  await user.tab();
  await within(template).findByText(/Name at least one column in braces/);
  await user.keyboard('{Escape}');

  await user.click(screen.getByRole('radio', { name: 'Track' }));
  await user.click(screen.getByRole('textbox', { name: 'Event name' }));
  expect(screen.queryByText(/A track event needs a name/)).toBeNull();
  await user.tab();
  await screen.findByText(/A track event needs a name, for example/);
});

test('a statement that does not read is told when its field is left', async () => {
  const { user } = await toTable();
  await user.click(screen.getByRole('radio', { name: 'SQL' }));
  const statement = screen.getByRole('textbox', { name: /One SELECT statement/ });
  await user.type(statement, '-- select{Enter}delete from leads');
  expect(screen.queryByText(/begins with SELECT/)).toBeNull();
  await user.tab();
  await screen.findByText('A statement that reads begins with SELECT or WITH.');
  await user.clear(statement);
  await user.type(statement, '(WITH a AS (select 1) select * from a)');
  expect(screen.queryByText(/begins with SELECT/)).toBeNull();
});

test('cron and intervals have examples and are judged when left', async () => {
  const host = fakeHost();
  renderWindow('/wizard/sync:Product usage/schedule', host);
  const user = userEvent.setup();
  await heading('When should it run?');
  const amount = await screen.findByRole('textbox', { name: 'Every' });
  expect(screen.getByText(/For example 30; from 1 minute/)).toBeTruthy();
  await user.clear(amount);
  expect(screen.getByText(/For example 30; from 1 minute/)).toBeTruthy();
  await user.tab();
  await waitFor(() => expect(amount.getAttribute('aria-invalid')).toBe('true'));
  await user.click(screen.getByRole('radio', { name: /At set times/ }));
  expect(screen.getByText('Hours and minutes, for example 08:30')).toBeTruthy();
  expect(screen.getByText('Type a city, for example Berlin')).toBeTruthy();
  await user.click(screen.getByRole('radio', { name: /Cron expression/ }));
  expect(screen.getByText(/Minute, hour, day, month, weekday: 30 8,13/)).toBeTruthy();
});
