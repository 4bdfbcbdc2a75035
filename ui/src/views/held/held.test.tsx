import { act, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Since } from '@/api/bindings/Since';
import type { Sync } from '@/api/bindings/Sync';
import { violations } from '@/test/axe';
import { planOf } from '@/test/fake/plan';
import { reviewFields, unchanged } from '@/test/fake/review';
import { definitionOf, runOf, savedSyncs } from '@/test/fake/syncs';
import { type FakeHost, fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';

// What is compared is asked for twice a second.
configure({ asyncUtilTimeout: 10_000 });

const run = 31;
const inputs = (host: FakeHost, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);
const open = (host = fakeHost()) => ({
  ...renderWindow('/syncs/Churn%20risk/held', host),
  user: userEvent.setup(),
});
/** Every record is compared already. */
function compared(host = fakeHost()) {
  host.reviews.finish(run);
  return open(host);
}
const list = (name: string) => screen.findByRole('grid', { name });
const tile = (name: RegExp) => screen.findByRole('radio', { name });

describe('comparing every record', () => {
  it('says what a costly comparison takes, and begins when told to', async () => {
    const host = fakeHost();
    let asked = false;
    host.answer('review', (id) =>
      asked ? host.reviews.look(id) : host.reviews.state(id, { requests: 1000, quota_share: 0.2 }),
    );
    host.answer('review_start', (id) => {
      asked = true;
      return host.reviews.start(id);
    });
    const { user } = open(host);
    const words = await screen.findByText(/Compare all 4,187 records with what stands in/);
    expect(words.textContent).toContain('1,000 requests, 20% of today’s quota');
    expect(await screen.findByRole('grid', { name: 'Gone' })).toBeTruthy();
    expect(await violations()).toEqual([]);
    expect(inputs(host, 'review_start')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Compare all' }));
    expect(await screen.findByRole('progressbar', { name: /Comparing with/ })).toBeTruthy();
    expect(inputs(host, 'review_start')).toEqual([run]);
    // What is compared is there to look at while the rest is compared.
    expect(await list('Removed')).toBeTruthy();
    await waitFor(async () => expect((await tile(/^All/)).closest('label')?.textContent).toContain('4,187'));
    expect(screen.queryByRole('progressbar')).toBeNull();
    expect(screen.getByRole('radio', { name: /Update/ }).closest('label')?.textContent).toContain('1,000');
  });

  it.each([
    ['few requests', { requests: 20, quota_share: 0.5 }],
    ['a small part of the quota', { requests: 600, quota_share: 0.01 }],
    ['no requests at all', { reads: false, requests: 0, quota_share: 0.5 }],
  ])('begins by itself with %s', async (_, more) => {
    const host = fakeHost();
    host.answer('review', (id) =>
      inputs(host, 'review_start').length > 0 ? host.reviews.look(id) : host.reviews.state(id, more),
    );
    open(host);
    expect(await list('Removed')).toBeTruthy();
    expect(inputs(host, 'review_start')).toEqual([run]);
    expect(screen.queryByRole('button', { name: 'Compare all' })).toBeNull();
  });

  it.each([
    ['many requests, though of a small part of the quota', { requests: 601, quota_share: 0.001 }],
    ['a quota nobody knows', { requests: 21, quota_share: null }],
  ])('asks first with %s', async (_, more) => {
    const host = fakeHost();
    host.answer('review', (id) => host.reviews.state(id, more));
    open(host);
    expect(await screen.findByRole('button', { name: 'Compare all' })).toBeTruthy();
    expect(inputs(host, 'review_start')).toEqual([]);
  });

  it('says while it goes on how many are compared, and nothing of requests', async () => {
    const host = fakeHost();
    host.reviews.start(run);
    host.answer('review', (id) => host.reviews.state(id, { compared: 1200, requests: 0, quota_share: null }));
    open(host);
    const strip = await screen.findByText(/^Comparing with what stands in/);
    expect(strip.textContent).toMatch(/: 1,200 of 4,187 records$/);
    expect(screen.queryByText(/0 requests/)).toBeNull();
  });

  it('says why it ended early, and goes on when told to', async () => {
    const host = fakeHost();
    host.reviews.start(run);
    let broken = true;
    host.answer('review', (id) =>
      broken
        ? host.reviews.state(id, {
            going: false,
            problem: problem({ message: 'HubSpot asks for a pause.', fix: null }),
          })
        : host.reviews.look(id),
    );
    const { user } = open(host);
    expect(await screen.findByText('HubSpot asks for a pause.')).toBeTruthy();
    expect(inputs(host, 'review_start')).toEqual([]);
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Go on comparing' }));
    await waitFor(() => expect(inputs(host, 'review_start')).toEqual([run]));
    await waitFor(() => expect(screen.queryByText('HubSpot asks for a pause.')).toBeNull());
  });
});

describe('looking at what was compared', () => {
  it('shows a record before and after, why it would fail, and has no accessibility violation', async () => {
    const { user } = compared();
    await user.click(await tile(/Would fail/));
    const grid = await list('Would fail');
    const [, first] = within(grid).getAllByRole('row');
    expect(first?.textContent).toContain('“Boiling” is not in the pick list of Rating.');
    const side = screen.getByRole('complementary', { name: 'The record' });
    expect(within(side).getByRole('list', { name: 'Why it would fail' }).textContent).toContain('Boiling');
    const rating = within(side).getByRole('row', { name: /^rating/ });
    expect(rating.textContent).toMatch(/Warm.*Boiling/);
    expect(within(side).getByText('About 3 min, by the last runs')).toBeTruthy();
    expect(within(side).getByText(/^4,187 records: 12 to create, 1,000 to update/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('loads the next records at the end of the list', async () => {
    const { host } = compared();
    const grid = await list('Removed');
    expect(grid.getAttribute('aria-rowcount')).toBe('2984');
    expect(screen.getByText('The first 200 of 2,983')).toBeTruthy();
    // jsdom lays nothing out: scrolled by hand.
    grid.scrollTop = 200 * 32;
    fireEvent.scroll(grid);
    expect(await screen.findByText('The first 400 of 2,983')).toBeTruthy();
    expect(inputs(host, 'review_records')).toContainEqual({
      run,
      filter: { group: 'remove', field: null, search: null },
      after: '200',
      limit: 200,
      reveal: false,
    });
  });

  it('finds a value after a short pause, and says so where nothing has it', async () => {
    const { host, user } = compared();
    await list('Removed');
    await user.click(screen.getByRole('searchbox'));
    await user.paste('G-20007');
    await waitFor(() =>
      expect(within(screen.getByRole('grid')).getAllByRole('row')[1]?.textContent).toContain('G-20007'),
    );
    expect(inputs(host, 'review_records').at(-1)).toMatchObject({ filter: { search: 'G-20007' } });
    await user.paste('x');
    expect(await screen.findByText('Nothing here matches “G-20007x”.')).toBeTruthy();
  });

  it('shows only the records in which a field would change', async () => {
    const { host, user } = compared();
    await user.click(await tile(/Update/));
    await list('Update');
    await user.click(screen.getByRole('button', { name: /^Field/ }));
    await user.click(await screen.findByRole('menuitemradio', { name: /city/ }));
    expect(await screen.findByText('All 200')).toBeTruthy();
    expect(inputs(host, 'review_records').at(-1)).toMatchObject({
      filter: { group: 'update', field: 'properties.city' },
    });
    await user.click(screen.getByRole('button', { name: 'Show the records of every field' }));
    expect(await screen.findByText('The first 200 of 1,000')).toBeTruthy();
  });

  it('says which of the rows read are not listed, as nothing is sent for them', async () => {
    const host = fakeHost();
    host.answer('held', () => ({
      ...planOf(definitionOf('Churn risk')),
      read: 4188,
      unchanged: 1,
      invalid: 0,
    }));
    compared(host);
    expect(await screen.findByText('1 row is as last sent and is not listed')).toBeTruthy();
    expect(screen.getByText('4,188')).toBeTruthy();
  });

  it('lists the rows that can not be sent', async () => {
    const host = fakeHost();
    host.answer('held', () => planOf(definitionOf('Churn risk')));
    const { user } = compared(host);
    await user.click(await tile(/Can not be sent/));
    const grid = await list('Can not be sent');
    expect(within(grid).getAllByText('The row has no value in any identifier.')).toHaveLength(12);
    expect(screen.getByText('The first 12 of 168')).toBeTruthy();
  });

  it('says which fields would be emptied', async () => {
    const { user } = compared();
    expect(await screen.findByText('city in 203 records would be emptied.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Look at the fields' }));
    expect(await list('Fields')).toBeTruthy();
  });

  it('writes what is shown to a file', async () => {
    const { host, user } = compared();
    await user.click(await tile(/Would fail/));
    await list('Would fail');
    await user.click(screen.getByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Export what would be sent' });
    expect(within(dialog).getByText(/^42 records go to a file/)).toBeTruthy();
    await user.click(within(dialog).getByRole('radio', { name: 'JSON lines' }));
    await user.click(within(dialog).getByRole('button', { name: 'Choose the file…' }));
    expect(await screen.findByText('42 records written')).toBeTruthy();
    expect(inputs(host, 'review_export')).toEqual([
      {
        run,
        filter: { group: 'fail', field: null, search: null },
        path: '/home/ana/sluice-review.jsonl',
        format: 'jsonl',
        reveal: false,
      },
    ]);
  });
});

describe('the report of the fields', () => {
  it('tells for each field what would become of it, and leads to the records', async () => {
    const { host, user } = compared();
    await user.click(await screen.findByRole('tab', { name: /Fields/ }));
    const grid = await list('Fields');
    const rowOf = (name: RegExp) =>
      within(grid).getByRole('gridcell', { name }).closest('[role=row]') as HTMLElement;
    expect(rowOf(/^lead_score$/).textContent).toMatch(/99%.*28%.*4,037.*96%.*last time 80 of 9,800/);
    expect(rowOf(/^city$/).textContent).toContain('203');
    expect(rowOf(/^rating$/).textContent).toMatch(/42 not in its list.*such as “Boiling”/);
    await user.click(within(grid).getByRole('gridcell', { name: 'rating' }));
    const side = screen.getByRole('complementary', { name: 'The record' });
    const values = within(side).getByRole('table', { name: 'Most frequent values' });
    expect(within(values).getByRole('row', { name: /Boiling/ }).textContent).toMatch(/New.*0.*42/);
    expect(await violations()).toEqual([]);
    await user.click(within(grid).getByRole('button', { name: /Would change: show records of rating/ }));
    expect(await list('All')).toBeTruthy();
    expect(inputs(host, 'review_records').at(-1)).toMatchObject({
      filter: { group: null, field: 'properties.rating' },
    });
    expect(screen.getByRole('button', { name: /^Field/ }).textContent).toContain('rating');
  });

  it('says of a field the destination does not have that there is none, and shows no value for it', async () => {
    const host = fakeHost();
    const misfits = [{ kind: 'no_field' as const, records: 42, example: 'Warm' }];
    host.answer('review', (id) =>
      host.reviews.state(id, { fields: reviewFields.map((field) => ({ ...field, misfits })) }),
    );
    const { user } = compared(host);
    await user.click(await screen.findByRole('tab', { name: /Fields/ }));
    const grid = await list('Fields');
    await user.click(within(grid).getByRole('gridcell', { name: 'rating' }));
    const side = screen.getByRole('complementary', { name: 'The record' });
    const why = within(side).getByRole('list', { name: 'Would not be taken' });
    expect(why.textContent).toContain('The destination has no field with this name: 42');
    expect(screen.queryByText(/such as/)).toBeNull();
  });

  it('is reached and used with the keyboard alone', async () => {
    const { user } = compared();
    const tab = await screen.findByRole('tab', { name: 'Records' });
    act(() => tab.focus());
    await user.keyboard('{ArrowRight}');
    await list('Fields');
    await user.tab();
    while (!document.activeElement?.closest('[role=grid]')) await user.tab();
    await user.keyboard('{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}');
    expect(document.activeElement?.getAttribute('aria-label')).toBe(
      '4,037, Would change: show records of lead_score',
    );
    await user.keyboard('{Enter}');
    expect(await list('All')).toBeTruthy();
  });
});

describe('sending what was looked at', () => {
  const since: Since = { ...unchanged, added: 3, changed: 14, gone: 1, keys: ['L-20418', 'L-20422'] };
  const pressSend = async (host: FakeHost) => {
    const view = compared(host);
    await view.user.click(await screen.findByRole('button', { name: 'Send 4,187 records' }));
    return view;
  };

  it('looks whether anything has changed first, and can be told not to wait', async () => {
    const host = fakeHost();
    host.answer('held_since', () => new Promise<Since>(() => undefined));
    const { user } = await pressSend(host);
    expect(await screen.findByRole('button', { name: /Looking whether anything has changed/ })).toBeTruthy();
    expect(inputs(host, 'held_since')).toEqual([{ run, pay: false }]);
    await user.click(screen.getByRole('button', { name: 'Send without looking' }));
    expect(await screen.findByRole('alertdialog', { name: 'Send 4,187 records?' })).toBeTruthy();
    expect(inputs(host, 'run_approve')).toEqual([]);
  });

  it('says what has changed, and sends exactly what was looked at on yes', async () => {
    const host = fakeHost();
    host.answer('held_since', () => since);
    const { user, router } = await pressSend(host);
    const dialog = await screen.findByRole('alertdialog', {
      name: /^The warehouse has changed since this was read at \d\d:\d\d$/,
    });
    expect(
      within(dialog).getByText(
        '3 records are new, 14 would be sent otherwise and 1 would not be sent any more.',
      ),
    ).toBeTruthy();
    expect(within(dialog).getByText('L-20418')).toBeTruthy();
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(await violations()).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Send what was looked at' }));
    await waitFor(() => expect(inputs(host, 'run_approve')).toEqual([run]));
    await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Churn risk'));
  });

  it('reads again where something has changed, and stays to show it', async () => {
    const host = fakeHost();
    host.answer('held_since', () => since);
    const { user, router } = await pressSend(host);
    await user.click(await screen.findByRole('button', { name: 'Read again' }));
    expect(await screen.findByRole('heading', { name: 'Reading rows' })).toBeTruthy();
    expect(inputs(host, 'sync_now')).toEqual([
      { sync: 'Churn risk', full: false, approve: false, review: true, planned: null },
    ]);
    expect(inputs(host, 'run_approve')).toEqual([]);
    expect(router.state.location).toMatchObject({
      pathname: '/syncs/Churn risk/held',
      search: { run: 102 },
    });
    const held = runOf(102, 'Churn risk', { status: 'held', waiting: 7, sent: 0, delivered: 0 });
    host.answer('sync', () => ({ ...(savedSyncs[0] as Sync), held, last_run: held }));
    act(() => host.push({ type: 'run', run: held }));
    expect(await screen.findByRole('button', { name: 'Send 7 records' })).toBeTruthy();
  });

  it('says what looking again costs before it looks', async () => {
    const host = fakeHost();
    host.answer('held_since', ({ pay }) =>
      pay
        ? unchanged
        : { ...unchanged, looked: false, cost: { bytes: 1_240_000_000, price: 'about $0.01 at list price' } },
    );
    const { user } = await pressSend(host);
    const dialog = await screen.findByRole('alertdialog', { name: /Look again/ });
    expect(within(dialog).getByText(/processes 1\.2 GB, about \$0\.01 at list price/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Check first' }));
    expect(await screen.findByRole('alertdialog', { name: 'Send 4,187 records?' })).toBeTruthy();
    expect(inputs(host, 'held_since')).toEqual([
      { run, pay: false },
      { run, pay: true },
    ]);
  });

  it('can be sent where the warehouse does not answer', async () => {
    const host = fakeHost();
    host.answer('held_since', () => {
      throw problem({ message: 'The warehouse can not be reached.', fix: null });
    });
    const { user } = await pressSend(host);
    const dialog = await screen.findByRole('alertdialog');
    expect(within(dialog).getByText('The warehouse can not be reached.')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Send what was looked at' }));
    await waitFor(() => expect(inputs(host, 'run_approve')).toEqual([run]));
  });
});

describe('looking first', () => {
  const look = async (host: FakeHost) => {
    const view = renderWindow('/syncs/Orders', host);
    await userEvent.click(await screen.findByRole('button', { name: 'Look first' }));
    await screen.findByRole('heading', { name: 'Reading rows' });
    return view;
  };

  it('reads without sending, shows how far, and says when there is nothing to send', async () => {
    const host = fakeHost();
    const { router } = await look(host);
    expect(inputs(host, 'sync_now')).toMatchObject([{ sync: 'Orders', review: true, approve: false }]);
    expect(router.state.location.pathname).toBe('/syncs/Orders/held');
    expect(await violations()).toEqual([]);
    const ended = runOf(102, 'Orders', { sent: 0, delivered: 0, added: 0, changed: 0 });
    host.answer('sync', () => ({ ...(savedSyncs[2] as Sync), last_run: ended }));
    act(() => host.push({ type: 'run', run: ended }));
    expect(await screen.findByText(/Orders has nothing to send/)).toBeTruthy();
    await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Orders'));
  });

  it('leads to the sync where the run failed', async () => {
    const host = fakeHost();
    const { router } = await look(host);
    const ended = runOf(102, 'Orders', { status: 'failed', sent: 0, delivered: 0 });
    host.answer('sync', () => ({ ...(savedSyncs[2] as Sync), last_run: ended }));
    act(() => host.push({ type: 'run', run: ended }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Orders'));
    expect(screen.queryByText(/nothing to send/)).toBeNull();
  });
});
