import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Sync } from '@/api/bindings/Sync';
import { fakeHost } from '@/test/fake-host';
import { savedSyncs } from '@/test/fake/syncs';
import { renderWindow } from '@/test/render';

test('the sidebar tells the next run whole, also where there is room for its sign alone', async () => {
  const host = fakeHost();
  host.answer('syncs', () => [{ ...(savedSyncs[2] as Sync), next_run_at: '2026-11-24T14:00:00Z' }]);
  renderWindow('/', host);
  const foot = await screen.findByTitle(/^Next run .*\d+:\d\d \S+\. All times are in \S+\.$/);
  expect(within(foot).getByText(/^Next run .*\d+:\d\d \S+$/)).toBeTruthy();
});

test.each([
  ['macos', true],
  ['linux', false],
  ['windows', false],
] as const)('the page drags the window where it has no title bar of its own: %s', async (platform, drags) => {
  renderWindow('/', { ...fakeHost(), platform });
  await screen.findByRole('heading', { level: 1, name: 'Home' });
  expect(document.querySelectorAll('[data-tauri-drag-region]').length > 0).toBe(drags);
});
