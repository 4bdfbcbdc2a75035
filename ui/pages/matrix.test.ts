import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Window, browserPath, openWindow, violations } from './browser';
import { screens, settled, show } from './screens';

let window: Window;
beforeAll(async () => {
  if (browserPath) window = await openWindow();
});
afterAll(async () => {
  if (browserPath) await window.close();
});

const widths = [1280, 760];

describe.skipIf(!browserPath)('every screen, in both themes, wide and narrow', () => {
  test.each(['full', 'empty', 'loading', 'error'])(
    'has nothing axe would refuse: %s',
    { timeout: 900_000 },
    async (state) => {
      const found: string[] = [];
      const page = await window.open('light', '/', undefined, `&state=${state}`);
      for (const [name, path] of Object.entries(screens())) {
        await show(page, path);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 820 });
          for (const theme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
            await settled(page);
            found.push(
              ...(await violations(page)).map((one) => `${name}, ${theme}, ${String(width)}: ${one}`),
            );
          }
        }
      }
      expect(found).toEqual([]);
      await page.close();
    },
  );
});
