import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost } from '@/test/fake-host';
import { savedSyncs } from '@/test/fake/syncs';
import { renderWindow } from '@/test/render';
import { placeOf } from './tour-place';
import { stops } from './tour-text';

/** The window of somebody who has just set up the first sync. */
async function firstUse() {
  const host = fakeHost();
  host.answer('syncs', () => savedSyncs.slice(1, 2));
  const view = renderWindow('/', host);
  await screen.findByRole('table', { name: 'Syncs' });
  return { ...view, user: userEvent.setup() };
}

const ended = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

describe('the tour', () => {
  it('is offered on the first use, points at parts of the window, goes back and forth, and is not offered again', async () => {
    const { user, unmount } = await firstUse();
    await user.click(screen.getByRole('button', { name: 'Take the tour' }));
    for (const [index, stop] of stops.entries()) {
      const bubble = await screen.findByRole('dialog', { name: stop.title });
      expect(within(bubble).getByText(`${String(index + 1)} of 5`)).toBeTruthy();
      expect(document.querySelector(stop.at[0] ?? '')).toBeTruthy();
      expect(await violations()).toEqual([]);
      if (index < stops.length - 1) await user.keyboard('{Enter}');
    }
    await user.click(screen.getByRole('button', { name: 'Back' }));
    await screen.findByRole('dialog', { name: stops[3]?.title ?? '' });
    await user.click(screen.getByRole('button', { name: 'Next' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    await ended();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Help on this screen' }));
    unmount();
    await firstUse();
    expect(screen.queryByRole('button', { name: 'Take the tour' })).toBeNull();
  });

  it('begins with the keyboard on Next, and keeps it there at the first stop', async () => {
    const { user } = await firstUse();
    await user.click(screen.getByRole('button', { name: 'Take the tour' }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Next' })));
    await user.keyboard('{Enter}');
    await user.click(screen.getByRole('button', { name: 'Back' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Next' }));
    expect(screen.getByRole('button', { name: 'Back' })).toHaveProperty('disabled', true);
  });

  it('is left by Escape, and by going elsewhere while the window goes on working', async () => {
    const { user, router } = await firstUse();
    await user.click(screen.getByRole('button', { name: 'Take the tour' }));
    await screen.findByRole('dialog');
    await user.keyboard('{Escape}');
    await ended();
    await user.keyboard('?');
    await user.click(await screen.findByRole('button', { name: 'Take the tour' }));
    await screen.findByRole('dialog', { name: stops[0]?.title ?? '' });
    await user.click(screen.getByRole('link', { name: 'Connections' }));
    await ended();
    expect(router.state.location.pathname).toBe('/connections');
  });

  it('can be declined for good', async () => {
    const { user } = await firstUse();
    await user.click(screen.getByRole('button', { name: 'Not now' }));
    expect(screen.queryByText('New here?')).toBeNull();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('begins on Home wherever the help is opened', async () => {
    const { router } = renderWindow('/settings');
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Help on this screen' }));
    await user.click(await screen.findByRole('button', { name: 'Take the tour' }));
    await screen.findByRole('dialog', { name: stops[0]?.title ?? '' });
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  });
});

it('stands beside what it tells of, and never outside the window', () => {
  const bubble = { width: 320, height: 160 };
  const room = { width: 900, height: 600 };
  const rail = { left: 0, top: 0, width: 52, height: 600 };
  expect(placeOf(rail, bubble, room)).toEqual({ left: 64, top: 12 });
  const button = { left: 860, top: 10, width: 28, height: 28 };
  expect(placeOf(button, bubble, room)).toEqual({ left: 568, top: 50 });
  const table = { left: 52, top: 300, width: 848, height: 260 };
  expect(placeOf(table, bubble, room)).toEqual({ left: 568, top: 128 });
  const whole = { left: 52, top: 40, width: 848, height: 560 };
  expect(placeOf(whole, bubble, room)).toEqual({ left: 568, top: 428 });
});
