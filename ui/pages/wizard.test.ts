import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Theme, type Window, browserPath, openWindow, violations } from './browser';

if (!browserPath)
  console.warn('SKIPPED: the pages are not checked, no Chromium was found (set CHROMIUM to its path).');

let window: Window;
beforeAll(async () => {
  if (browserPath) window = await openWindow();
});
afterAll(async () => {
  if (browserPath) await window.close();
});

const go = (page: Page) => page.keyboard.press('Control+Enter');
/** With `SHOTS` set to a folder, each screen is also kept as a picture. */
async function check(page: Page, name: string) {
  const folder = process.env['SHOTS'];
  if (folder) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
  expect(await violations(page), name).toEqual([]);
}

async function rename(page: Page, column: string, key: string) {
  await page.click(`button[aria-label^="Key of ${column} in"]`);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(key);
  await page.keyboard.press('Enter');
}

async function walk(page: Page, theme: Theme, size: string) {
  const shot = (name: string) => check(page, `${name}-${theme}${size}`);
  await page.getByText('Host, database, user').click();
  await shot('02-warehouse');
  await go(page);
  await page
    .getByLabel('Paste a URL')
    .fill('postgres://SLUICE_READER:secret@warehouse.kestrel.example.com:5432/analytics');
  await page.keyboard.press('Enter');
  await page.getByText('Filled host').waitFor();
  await go(page);
  if (!size) await page.getByText('Stopped at step 5').waitFor();
  await shot('03-connection-failed');
  await page.getByLabel('User').fill('sluice_reader');
  await go(page);
  await page.getByRole('button', { name: /^Continue$|^Continue C/ }).waitFor();
  await shot('03-connection-passed');
  await go(page);
  await page.getByRole('gridcell', { name: 'daily_totals' }).click();
  await page.getByText('No identifier yet').waitFor();
  await shot('04-table-no-identifier');
  await page.getByRole('gridcell', { name: 'lead_scores', exact: true }).click();
  await page.getByText('No duplicates').waitFor();
  await shot('04-table');
  await go(page);
  await page.getByRole('heading', { name: 'Shape the payload' }).waitFor();
  await rename(page, 'company', 'company.name');
  await rename(page, 'score_grade', 'lead_score');
  await page.getByText('already used').waitFor();
  await shot('05-payload-problem');
  await page.keyboard.press('Control+z');
  await page.getByText('already used').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Constant', exact: true }).click();
  await page.getByRole('textbox', { name: 'Key in the payload' }).fill('origin');
  await page.getByRole('textbox', { name: 'Value' }).fill('warehouse');
  await shot('05-constant');
  await page.keyboard.press('Enter');
  await page.click('button[aria-label^="Key of login_count_7d in"]');
  await shot('05-payload-edit');
  await page.keyboard.press('Escape');
  await page.getByText('Record', { exact: true }).click();
  await go(page);
  await page.getByText('At set times on set days').click();
  await page.getByRole('button', { name: 'Add time' }).click();
  await page.getByText('Every weekday at 08:30 and 13:00').first().waitFor();
  await shot('06-schedule');
  await go(page);
  await page.getByRole('heading', { name: 'Where should it go?' }).waitFor();
  await shot('07-destination');
  await page.getByText('Practice CRM').first().click();
  await go(page);
  await page.getByText('Match key').waitFor();
  await shot('07-target');
  await page.getByRole('button', { name: 'Accept 2 suggestions' }).click();
  await page.getByRole('button', { name: 'Leave them out' }).click();
  await go(page);
  await page.getByRole('button', { name: /Sync 48,045 records/ }).waitFor();
  await shot('08-review');
}

describe.skipIf(!browserPath).each<Theme>(['light', 'dark'])('in %s', (theme) => {
  test('the first start has nothing axe would refuse', async () => {
    const page = await window.open(theme, '/', undefined, '&first');
    await page.getByRole('button', { name: /Try it with sample data/ }).waitFor();
    await check(page, `01-first-start-${theme}`);
    await page.close();
  });

  test('no step of the wizard has anything axe would refuse', async () => {
    const page = await window.open(theme, '/new');
    await walk(page, theme, '');
    await page.close();
  });

  test('nor in a narrow window', async () => {
    const page = await window.open(theme, '/new', { width: 1000, height: 640 });
    await walk(page, theme, '-narrow');
    await page.close();
  });
});

describe.skipIf(!browserPath)('very wide sources', () => {
  test('500 columns stay a short page, and the last is reached by keyboard', async () => {
    const page = await window.open('light', '/new');
    await page.getByRole('radio', { name: /Kestrel production/ }).check({ force: true });
    await go(page);
    await page.getByRole('gridcell', { name: 'feature_store' }).click();
    await page.getByText('No duplicates').waitFor();
    await go(page);
    const grid = page.getByRole('grid', { name: 'Columns and keys' });
    await grid.getByRole('checkbox', { name: 'Send lead_id' }).focus();
    expect(await grid.getAttribute('aria-rowcount')).toBe('503');
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
    await page.keyboard.press('Control+End');
    await grid.getByText('feature_480').first().waitFor();
    await page.close();
  });
});
