import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Window, browserPath, openWindow } from './browser';

let window: Window;
beforeAll(async () => {
  if (browserPath) window = await openWindow();
});
afterAll(async () => {
  if (browserPath) await window.close();
});

/** Gives every number of the tables eight digits, and names those that do not fit their place. */
const cutNumbers = (page: Page) =>
  page.evaluate(() => {
    const cells = [...document.querySelectorAll<HTMLTableCellElement>('td[data-num]')];
    for (const cell of cells) cell.textContent = '48,377,123';
    return cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.cellIndex);
  });

/** What stands out of its field, or is a choice one can not read, in the form of a connection. */
const outOfField = (page: Page) =>
  page.evaluate(() => {
    const form = document.querySelector('input[name="host"]')?.closest('[class*="fields"]');
    return [...(form?.children ?? [])].flatMap((field) => {
      const { right } = field.getBoundingClientRect();
      return [...field.querySelectorAll('*')]
        .filter((part) => part.getClientRects().length > 0)
        .filter(
          (part) =>
            part.getBoundingClientRect().right > right + 1 ||
            (part.closest('button') && part.scrollWidth > part.clientWidth && part.clientWidth > 1),
        )
        .map((part) => `${field.textContent}: ${part.outerHTML.slice(0, 80)}`);
    });
  });

describe.skipIf(!browserPath).each([1280, 1024, 900, 640])('at %i px', (width) => {
  const size = { width, height: 820 };

  test.each(['/', '/syncs/Lead%20ratings'])('no number of %s is cut', async (path) => {
    const page = await window.open('light', path, size);
    await page.locator('td[data-num]').first().waitFor();
    expect(await cutNumbers(page)).toEqual([]);
    await page.close();
  });

  test('the form stands still when a paste fills it', async () => {
    const page = await window.open('light', '/new', size);
    await page.getByText('Host, database, user').click();
    await page.keyboard.press('Control+Enter');
    const places = () =>
      page.evaluate(() => {
        const shown = [...document.querySelectorAll('[class*="fields"] input')].slice(0, 6);
        return shown.map((field) => Math.round(field.getBoundingClientRect().top));
      });
    await page.getByLabel('Host').waitFor();
    const before = await places();
    await page
      .getByLabel('Paste a URL')
      .fill('postgres://SLUICE_READER:secret@warehouse.kestrel.example.com:5432/analytics?options=x');
    await page.keyboard.press('Enter');
    await page.getByText('Not used').waitFor();
    expect(await places()).toEqual(before);
    await page.close();
  });

  test('nothing stands out of the form of a connection', async () => {
    const page = await window.open('light', '/new', size);
    await page.getByText('Host, database, user').click();
    await page.keyboard.press('Control+Enter');
    await page.getByLabel('Host').waitFor();
    expect(await outOfField(page)).toEqual([]);
    await page.close();
    const list = await window.open('light', '/connections', size);
    await list.getByRole('button', { name: 'Edit Kestrel production' }).click();
    await list.getByLabel('Host').waitFor();
    expect(await outOfField(list)).toEqual([]);
    await list.close();
  });
});
