import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { supportDetails } from '@/test/fake/support';
import { renderWindow } from '@/test/render';

const shown = async () => within(await screen.findByRole('dialog', { name: 'Support details' }));

describe('the support details', () => {
  it('open from the settings, say what is and is not in them, and are copied as they are shown', async () => {
    const user = userEvent.setup();
    renderWindow('/settings');
    await user.click(await screen.findByRole('button', { name: 'Support details…' }));
    const dialog = await shown();
    const region = await dialog.findByRole('region', { name: 'Support details' });
    expect(region.textContent).toBe(supportDetails);
    expect(dialog.getByText(/^In it: versions, sizes/)).toBeTruthy();
    expect(dialog.getByText(/^Not in it: names, addresses, accounts/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe(supportDetails);
    expect(await screen.findByText('Support details copied')).toBeTruthy();
  });

  it('open from the help, and show what was written to the file', async () => {
    const user = userEvent.setup();
    const host = fakeHost();
    host.answer('support', ({ path }) => (path === null ? supportDetails : `${supportDetails}\nwritten`));
    renderWindow('/', host);
    await screen.findByRole('table', { name: 'Syncs' });
    await user.keyboard('?');
    const help = within(await screen.findByRole('dialog', { name: 'Help: Home' }));
    await user.click(help.getByRole('button', { name: 'Support details…' }));
    const dialog = await shown();
    await dialog.findByText(/Time zone: Europe/);
    await user.click(dialog.getByRole('button', { name: 'Save to a file…' }));
    await dialog.findByText(/written/);
    expect(host.calls.filter(({ command }) => command === 'support').map(({ input }) => input)).toEqual([
      { path: null },
      { path: '/home/ana/sluice-support.md' },
    ]);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('are in the palette, and say when they could not be gathered', async () => {
    const user = userEvent.setup();
    const host = fakeHost();
    host.answer('support', () => {
      throw problem({ message: 'The data folder can not be read.' });
    });
    renderWindow('/', host);
    await screen.findByRole('table', { name: 'Syncs' });
    await user.keyboard('{Control>}k{/Control}');
    await user.click(await screen.findByRole('menuitem', { name: 'Support details…' }));
    const dialog = await shown();
    expect(await dialog.findByText('The data folder can not be read.')).toBeTruthy();
    expect(dialog.getByRole('button', { name: 'Copy' })).toHaveProperty('disabled', true);
  });
});
