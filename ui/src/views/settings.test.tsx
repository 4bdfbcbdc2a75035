import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';

describe('settings', () => {
  it('says how much history is kept, and keeps what is chosen', async () => {
    const { host } = renderWindow('/settings');
    const days = await screen.findByRole('radiogroup', { name: 'Keep events for' });
    expect(within(days).getByRole('radio', { name: '90 days' })).toHaveProperty('checked', true);
    await userEvent.click(within(days).getByRole('radio', { name: 'A year' }));
    const size = screen.getByRole('radiogroup', { name: 'At most' });
    await userEvent.click(within(size).getByRole('radio', { name: 'No limit' }));
    const saved = host.calls.filter(({ command }) => command === 'settings_save').map(({ input }) => input);
    expect(saved[0]).toMatchObject({ history_days: 365, history_megabytes: 1000 });
    expect(saved[1]).toMatchObject({ history_days: 365, history_megabytes: 0 });
    expect(await violations()).toEqual([]);
  });

  it('adds an alert, sends a test and removes it again', async () => {
    const { host } = renderWindow('/settings');
    const inputs = (command: string) =>
      host.calls.filter((call) => call.command === command).map(({ input }) => input);
    await screen.findByText('Nobody is told yet.');
    await userEvent.click(screen.getByRole('button', { name: 'Add an alert' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add an alert' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    expect(dialog.getByText('Give it a name, such as Operations.')).toBeTruthy();
    expect(inputs('alert_save')).toEqual([]);
    await userEvent.type(dialog.getByLabelText('Name'), 'Operations');
    await userEvent.click(dialog.getByRole('radio', { name: 'Slack' }));
    await userEvent.type(dialog.getByLabelText(/^Address/), 'https://hooks.example.com/s3cret');
    await userEvent.type(dialog.getByLabelText(/^Hours without success/), '26');
    expect(await violations()).toEqual([]);
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    const list = within(await screen.findByRole('list', { name: 'Alerts' }));
    expect(list.getByText('Slack · hooks.example.com · all syncs')).toBeTruthy();
    expect(document.body.textContent).not.toContain('s3cret');
    expect(inputs('alert_save')[0]).toMatchObject({
      id: null,
      kind: 'slack',
      syncs: null,
      rules: { failed: true, held: true, rejected: null, silent_hours: 26 },
    });
    await userEvent.click(list.getByRole('button', { name: 'Send a test' }));
    await screen.findByText('The test has arrived: Operations');
    await userEvent.click(list.getByRole('button', { name: 'Remove Operations' }));
    await userEvent.click(screen.getByRole('button', { name: 'Remove it' }));
    await screen.findByText('Nobody is told yet.');
  });

  it('says with an alert, and under what needs you, that it could not be sent', async () => {
    const host = fakeHost();
    host.answer('alerts', () => [
      {
        id: 'one',
        name: 'Operations',
        kind: 'webhook',
        settings: { host: 'hooks.example.com' },
        secret: { state: 'saved' },
        syncs: null,
        rules: { failed: true, held: true, rejected: null, rejected_percent: null, silent_hours: null },
        problem: problem({ message: 'The hook is gone.' }),
        waiting: 2,
      },
    ]);
    const { router } = renderWindow('/', host);
    await screen.findByText('The alert “Operations” could not be sent.');
    await userEvent.click(screen.getByRole('button', { name: 'Open the alerts' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/settings'));
    await screen.findByText('2 wait to be sent');
    expect(screen.getByText('The hook is gone.')).toBeTruthy();
  });
});
