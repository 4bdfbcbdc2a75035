import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { renderWindow } from '@/test/render';

test('closing for the first time asks, keeps the answer and closes', async () => {
  const { host } = renderWindow('/settings');
  await screen.findByText('Data folder');
  act(() => host.askToClose());
  await screen.findByRole('alertdialog', { name: /keep sluice running/i });
  await userEvent.click(screen.getByRole('button', { name: 'Keep running' }));
  await waitFor(() => expect(host.calls.at(-1)?.command).toBe('close'));
  const saved = host.calls.find(({ command }) => command === 'settings_save');
  expect(saved?.input).toMatchObject({ keep_in_tray: true });
});

test('going back to the window decides nothing', async () => {
  const { host } = renderWindow('/settings');
  await screen.findByText('Data folder');
  act(() => host.askToClose());
  await screen.findByRole('alertdialog');
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(host.calls.map(({ command }) => command)).not.toContain('close');
});
