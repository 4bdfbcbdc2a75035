import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '@/api/bindings/Catalogue';
import type { Connection } from '@/api/bindings/Connection';
import { violations } from '@/test/axe';
import { fakeHost } from '@/test/fake-host';
import { renderWindow } from '@/test/render';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);

describe('connections', () => {
  it('has no accessibility violation, with one open', async () => {
    renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'Edit Kestrel production' }));
    await screen.findByRole('textbox', { name: /Host/ });
    expect(await violations()).toEqual([]);
  });

  it('tests a saved connection and shows each step', async () => {
    const { host } = renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'Test Kestrel production' }));
    expect(await screen.findByText('Find host')).toBeTruthy();
    expect(inputs(host, 'connection_check')).toEqual([
      { token: expect.any(String) as string, name: 'Kestrel production', draft: null },
    ]);
  });

  it('saves a change and leaves the secret in the keychain alone', async () => {
    const { host } = renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'Edit Kestrel production' }));
    const field = await screen.findByRole('textbox', { name: /^Host/ });
    await userEvent.clear(field);
    await userEvent.type(field, 'replica.example.com');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Kestrel production is saved');
    expect(inputs(host, 'connection_save')[0]).toMatchObject({
      existing: 'Kestrel production',
      draft: { settings: { host: 'replica.example.com' }, secrets: {} },
    });
  });

  it('counts a secret as missing only where the connection needs it', async () => {
    const host = fakeHost();
    const [saved] = (await host.invoke('connections', null)) as Connection[];
    const catalogue = (await host.invoke('catalogue', null)) as Catalogue;
    const postgres = catalogue.warehouses.find(({ id }) => id === saved?.kind);
    if (!saved || !postgres) throw new Error('The invented data has a connection and its kind.');
    const optional = postgres.settings.map((one) => (one.secret ? { ...one, required: false } : one));
    host.answer('connections', () => [{ ...saved, secrets: { password: { state: 'missing' } } }]);
    renderWindow('/connections', host);
    expect(await screen.findByText('Secret missing')).toBeTruthy();
    cleanup();
    host.answer('catalogue', () => ({ ...catalogue, warehouses: [{ ...postgres, settings: optional }] }));
    renderWindow('/connections', host);
    expect(await screen.findByText(/^Passed/)).toBeTruthy();
    expect(screen.queryByText('Secret missing')).toBeNull();
  });

  it('saves no address that is only begun', async () => {
    const { host } = renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'Edit Kestrel events' }));
    const field = await screen.findByRole('textbox', { name: /^Data plane address/ });
    await userEvent.clear(field);
    await userEvent.type(field, 'http://');
    await userEvent.tab();
    expect(await screen.findByText(/^Enter a whole address, for example https:/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(inputs(host, 'connection_save')).toEqual([]);
  });

  it('opens a connection on a click of its row, but not on its actions', async () => {
    renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'More for Billing replica' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
    expect(screen.queryByRole('textbox', { name: /^Host/ })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await userEvent.click(screen.getByText('Billing replica'));
    expect(await screen.findByRole('textbox', { name: /^Host/ })).toHaveProperty(
      'value',
      'billing-ro.internal.example.com',
    );
  });

  it('says who uses a connection instead of deleting it', async () => {
    const { host } = renderWindow('/connections');
    await userEvent.click(await screen.findByRole('button', { name: 'More for Billing replica' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(within(dialog).getByText(/1 sync uses it: Orders/)).toBeTruthy();
    expect(within(dialog).queryByRole('button', { name: 'Delete connection' })).toBeNull();
    expect(inputs(host, 'connection_delete')).toEqual([]);
  });

  it('deletes an unused one after a question', async () => {
    const host = fakeHost();
    const all = await host.invoke('connections', null);
    host.answer(
      'connections',
      () => (all as { name: string; used_by: string[] }[]).map((one) => ({ ...one, used_by: [] })) as never,
    );
    renderWindow('/connections', host);
    await userEvent.click(await screen.findByRole('button', { name: 'More for Billing replica' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Delete connection' }));
    await waitFor(() => expect(inputs(host, 'connection_delete')).toEqual(['Billing replica']));
  });
});

describe('settings', () => {
  it('has no accessibility violation', async () => {
    renderWindow('/settings');
    await screen.findByRole('switch', { name: /Start with the computer/ });
    expect(await violations()).toEqual([]);
  });

  it('applies the theme at once and keeps it', async () => {
    const { host } = renderWindow('/settings');
    await userEvent.click(await screen.findByRole('radio', { name: 'Dark' }));
    await waitFor(() => expect(inputs(host, 'settings_save')[0]).toMatchObject({ theme: 'dark' }));
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'));
  });
});
