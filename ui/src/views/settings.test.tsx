import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
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
});
