import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type Page, chromium } from 'playwright-core';
import { createServer } from 'vite';

/** The browser on this machine; `CHROMIUM` names another. */
export const browserPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path));

export type Theme = 'light' | 'dark';

export interface Window {
  open: (
    theme: Theme,
    path: string,
    size?: { width: number; height: number },
    query?: string,
    /** What its clock shows all the time; the real time where there is none. */
    at?: string,
  ) => Promise<Page>;
  close: () => Promise<void>;
}

/** The window over invented data in a real browser. */
export async function openWindow(): Promise<Window> {
  const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'error' });
  await server.listen();
  const address = server.resolvedUrls?.local[0] ?? '';
  const browser: Browser = await chromium.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    open: async (theme, path, size = { width: 1280, height: 820 }, query = '', at) => {
      const page = await browser.newPage({
        viewport: size,
        colorScheme: theme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      });
      if (at !== undefined) await page.clock.setFixedTime(at);
      // The first page waits for everything to be compiled.
      page.setDefaultTimeout(100_000);
      await page.goto(`${address}?host=fake${query}#${path}`);
      // A face that comes later moves what stands below it.
      await page.evaluate(() => Promise.all([...document.fonts].map((face) => face.load())));
      return page;
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What WCAG 2.2 AA finds wrong on the page as it is now, colours and sizes included. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: axeFile });
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: { 'target-size': { enabled: true } },
    });
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(
        (node) => `${id}: ${node.html.slice(0, 200)} ${node.any.map(({ message }) => message).join(' ')}`,
      ),
    );
  });
}
