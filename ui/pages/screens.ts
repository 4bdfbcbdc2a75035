import type { Page } from 'playwright-core';

/** Whom the screens are about: a sync, one that is edited, one with a held run, and a person. */
export const names = ['Lead ratings', 'Orders', 'Churn risk', 'ana.ruiz@example.com'];

/** Every screen, by the address it has for a sync and a person of the invented data. */
export const screens = ([name, edited, held, person] = names) => {
  const sync = `/syncs/${encodeURIComponent(name ?? '')}`;
  const step = (id: string) => `/wizard/${encodeURIComponent(`sync:${edited ?? ''}`)}/${id}`;
  return {
    home: '/',
    events: '/events',
    'people, nobody yet': '/people',
    people: `/people?about=${encodeURIComponent(JSON.stringify(person))}`,
    connections: '/connections',
    settings: '/settings',
    sync,
    held: `/syncs/${encodeURIComponent(held ?? '')}/held`,
    warehouse: step('warehouse'),
    connection: step('connection'),
    table: step('table'),
    payload: step('payload'),
    schedule: step('schedule'),
    destination: step('destination'),
    review: step('review'),
    'first start': '/welcome',
  };
};

/** Goes to a screen of the page that is open, and waits until it stands. */
export async function show(page: Page, path: string): Promise<void> {
  // An address of nothing in between: what stands afterwards is of this screen.
  await page.evaluate(() => {
    window.location.hash = '/nowhere';
  });
  await page.getByText('Not Found').waitFor();
  await page.evaluate((next) => {
    window.location.hash = next;
  }, path);
  await page.getByText('Not Found').waitFor({ state: 'detached' });
  await settled(page);
}

/** Nothing of the page has changed for a while of frames. */
export const settled = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((done) => {
        let quiet = 0;
        const watch = new MutationObserver(() => (quiet = 0));
        watch.observe(document.body, { subtree: true, childList: true, characterData: true });
        let frames = 0;
        const frame = () => {
          quiet += 1;
          frames += 1;
          if (quiet < 8 && frames < 120) return requestAnimationFrame(frame);
          watch.disconnect();
          done();
        };
        requestAnimationFrame(frame);
      }),
  );
