import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
import { renderWindow } from '@/test/render';

async function open() {
  const view = renderWindow('/');
  await screen.findByRole('table', { name: 'Syncs' });
  const user = userEvent.setup();
  await user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('dialog', { name: 'Search or run…' });
  return { ...view, user };
}

describe('the palette', () => {
  it('opens by its shortcut, ready to type in, without an accessibility violation', async () => {
    await open();
    expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Search or run…' }));
    expect(await violations()).toEqual([]);
  });

  it('runs a sync by its name and Enter', async () => {
    const { user, host } = await open();
    await user.keyboard('orders now');
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() =>
      expect(host.calls.filter(({ command }) => command === 'sync_now').map(({ input }) => input)).toEqual([
        { sync: 'Orders', full: false, approve: false, review: false, planned: null },
      ]),
    );
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('goes to a place', async () => {
    const { user, router } = await open();
    await user.click(screen.getByRole('menuitem', { name: 'Connections' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/connections'));
  });

  it('duplicates a sync, and asks where the copy goes', async () => {
    const { user, router } = await open();
    await user.keyboard('duplicate orders');
    await user.keyboard('{ArrowDown}{Enter}');
    await screen.findByRole('heading', { level: 1, name: 'Where should it go?' });
    await screen.findByText('Orders copy');
    expect(router.state.location.pathname).toMatch(/copy.*Orders/);
  });

  it('leads to the events that were rejected', async () => {
    const { user, router } = await open();
    await user.keyboard('reject');
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(router.state.location.search).toEqual({ status: ['rejected'] }));
  });

  it('says when nothing is called that', async () => {
    const { user } = await open();
    await user.keyboard('zzz');
    expect(await screen.findByText('Nothing is called that.')).toBeTruthy();
  });
});
