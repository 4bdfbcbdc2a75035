import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Window, browserPath, openWindow } from './browser';
import { screens, show } from './screens';

let window: Window;
beforeAll(async () => {
  if (browserPath) window = await openWindow();
});
afterAll(async () => {
  if (browserPath) await window.close();
});

/** What a screen reader is told: roles, names, states and their order. `vitest -u` writes it anew, to be read through. */
describe.skipIf(!browserPath)('what a screen reader finds on a screen', () => {
  test.each(Object.entries(screens()))('%s', { timeout: 120_000 }, async (name, path) => {
    const page = await window.open('light', '/', undefined, '', '2026-11-24T10:00:00+01:00');
    await show(page, path);
    await expect(await page.locator('body').ariaSnapshot()).toMatchFileSnapshot(
      `trees/${name.replaceAll(/[^a-z]+/g, '-')}.yml`,
    );
    await page.close();
  });
});
