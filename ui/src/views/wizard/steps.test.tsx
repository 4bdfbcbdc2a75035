import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { fakeHost, problem } from '@/test/fake-host';
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
