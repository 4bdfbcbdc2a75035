import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { screens, wizardScreens } from '@/features/help/text';
import { violations } from '@/test/axe';
import { renderWindow } from '@/test/render';
import { toPayload } from '@/test/wizard';

async function home() {
  const view = renderWindow('/');
  await screen.findByRole('table', { name: 'Syncs' });
  return { ...view, user: userEvent.setup() };
}

describe('the help', () => {
  it('opens by ? with the keys of the screen and everywhere, and closes by Escape', async () => {
    const { user } = await home();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Help: Home' });
    expect(within(sheet).getByText(/What needs you is on top/)).toBeTruthy();
    expect(within(sheet).getByText('Search or run anything')).toBeTruthy();
    expect(within(sheet).getByText('Close what is open on top')).toBeTruthy();
    expect(within(sheet).queryByText('Go to the search')).toBeNull();
    expect(await violations()).toEqual([]);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('opens by the button in the head, and has the keys of its own screen', async () => {
    renderWindow('/events');
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Help on this screen' }));
    const sheet = await screen.findByRole('dialog', { name: 'Help: Live events' });
    expect(within(sheet).getByText('Go to the search')).toBeTruthy();
    await user.click(within(sheet).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is a question mark where one types', async () => {
    renderWindow('/events');
    const user = userEvent.setup();
    await user.type(await screen.findByRole('combobox', { name: /^Words, or a filter/ }), 'who?');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is in the palette', async () => {
    const { user } = await home();
    await user.keyboard('{Control>}k{/Control}');
    await user.click(await screen.findByRole('menuitem', { name: 'Help and keyboard shortcuts' }));
    expect(await screen.findByRole('dialog', { name: 'Help: Home' })).toBeTruthy();
  });

  it('tells of an error what the program’s registry says', async () => {
    renderWindow('/syncs/Workspace owners');
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'What is this?' }));
    const sheet = await screen.findByRole('dialog', { name: 'The sign-in is refused' });
    for (const words of [
      'User, password or key was refused.',
      'What waits is kept on this computer and goes out when the sign-in works.',
      /is mistyped, was changed on the other side/,
      'Enter the credentials again.',
      /SLU-2004 · sign_in_failed/,
    ])
      expect(within(sheet).getByText(words)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('tells of a wizard step, and the keys it tells go through the sample rows', async () => {
    const { user } = await toPayload();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Help: Payload' });
    expect(within(sheet).getByText('Next sample row')).toBeTruthy();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    expect(await screen.findByRole('heading', { name: 'Row 2' })).toBeTruthy();
  });
});

const sources: Record<string, string> = import.meta.glob('../**/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const product = Object.entries(sources).filter(([path]) => !/test/.test(path));

it('has a page of at most six lines for every head, and no page without one', () => {
  const heads = product.flatMap(([, source]) =>
    [...source.matchAll(/ help="([^"]+)"/g)].map(([, name]) => name),
  );
  expect([...new Set([...heads, ...wizardScreens])].sort()).toEqual(Object.keys(screens).sort());
  for (const { lines } of Object.values(screens)) expect(lines.length).toBeLessThanOrEqual(6);
});

it('is where all keys come from: no screen spells one of its own', () => {
  const spelled = product.filter(([, source]) => /\b(keys|shortcut)="/.test(source)).map(([path]) => path);
  expect(spelled).toEqual([]);
});
