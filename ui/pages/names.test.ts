import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Window, browserPath, openWindow } from './browser';
import { names, screens, settled, show } from './screens';

let window: Window;
beforeAll(async () => {
  if (browserPath) window = await openWindow();
});
afterAll(async () => {
  if (browserPath) await window.close();
});

/** The last is a window of 1,280 × 820 at 200 % zoom. */
const sizes = [
  { width: 1280, height: 820 },
  { width: 1024, height: 700 },
  { width: 800, height: 640 },
  { width: 640, height: 640 },
  { width: 640, height: 410 },
];

/** Controls that can not be brought into the window, and text that stands out of its place. */
const misplaced = (page: Page) =>
  page.evaluate(() => {
    const clips = (node: Element) => getComputedStyle(node).overflowX !== 'visible';
    const parents = (node: Element | null): Element[] => (node ? [node, ...parents(node.parentElement)] : []);
    const scrolls = (node: Element, side: 'overflowX' | 'overflowY') =>
      parents(node.parentElement).some((one) => ['auto', 'scroll'].includes(getComputedStyle(one)[side]));
    const words = (node: Element) =>
      `${node.tagName.toLowerCase()}.${node.getAttribute('class') ?? ''} “${(node.getAttribute('aria-label') ?? node.textContent).slice(0, 40)}”`;
    const shown = (node: Element) => {
      const { width, height } = node.getBoundingClientRect();
      return width > 2 && height > 2 && getComputedStyle(node).visibility === 'visible';
    };
    const out: string[] = [];
    for (const node of document.querySelectorAll('a[href], button, input, textarea, [tabindex="0"]')) {
      if (!shown(node)) continue;
      const { left, right, top, bottom } = node.getBoundingClientRect();
      if ((left < -1 || right > innerWidth + 1) && !scrolls(node, 'overflowX'))
        out.push(`beside: ${words(node)}`);
      if ((top < -1 || bottom > innerHeight + 1) && !scrolls(node, 'overflowY'))
        out.push(`below: ${words(node)}`);
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      const parent = text.parentElement;
      if (!parent || !text.data.trim() || !shown(parent) || parent.closest('svg, option')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const { left, right } = range.getBoundingClientRect();
      for (const one of parents(parent)) {
        if (clips(one)) break;
        if (getComputedStyle(one).display.startsWith('inline')) continue;
        const box = one.getBoundingClientRect();
        if (box.width < 2) break;
        if (right > box.right + 1 || left < box.left - 1) {
          out.push(`out of ${words(one)}: “${text.data.slice(0, 40)}”`);
          break;
        }
      }
    }
    return [...new Set(out)];
  });

describe.skipIf(!browserPath)('every screen, from 640 to 1,280 px and at 200 % zoom', () => {
  test.each(['none', 'long', 'unbroken', 'right'])(
    'keeps each control in reach and each name in its place: %s',
    { timeout: 600_000 },
    async (kind) => {
      const page = await window.open('light', '/', undefined, kind === 'none' ? '' : `&names=${kind}`);
      const named = (texts: string[]) =>
        page.evaluate((wanted) => {
          const { nameOf } = globalThis as unknown as { nameOf?: (text: string) => string };
          return wanted.map((text) => nameOf?.(text) ?? text);
        }, texts);
      const about = await named(names);
      const found: string[] = [];
      for (const [screen, path] of Object.entries(screens(about))) {
        await show(page, path);
        for (const size of sizes) {
          await page.setViewportSize(size);
          await settled(page);
          found.push(
            ...(await misplaced(page)).map(
              (one) => `${screen}, ${String(size.width)} × ${String(size.height)}: ${one}`,
            ),
          );
        }
      }
      expect(found).toEqual([]);
      await page.close();
    },
  );
});
