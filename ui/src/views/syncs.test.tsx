import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import { toasts } from '@/components/toasts';
import { violations } from '@/test/axe';
import { activeSyncs, runningRun } from '@/test/fake/activity';
import { definitionOf, runOf, savedSyncs } from '@/test/fake/syncs';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';
import { newState } from './wizard/state';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);
const rowOf = async (name: string) =>
  (await within(await screen.findByRole('table', { name: 'Syncs' })).findByRole('link', { name })).closest(
    'tr',
  ) as HTMLElement;

describe('toasts', () => {
  it('says the same thing once, however often it is done', async () => {
    renderWindow('/');
    await screen.findByRole('heading', { name: 'Home' });
    act(() => {
      toasts.show('Orders has started');
      toasts.show('Orders has started');
    });
    expect(screen.getAllByText('Orders has started')).toHaveLength(1);
  });
});

describe('home', () => {
  it('has no accessibility violation', async () => {
    renderWindow('/');
    await rowOf('Orders');
    expect(await violations()).toEqual([]);
  });

  it('puts what needs the user on top, with one filled button', async () => {
    const { router } = renderWindow('/');
    const review = await screen.findByRole('button', { name: 'Review 4,187 changes' });
    expect(screen.getByText(/62% fewer rows/)).toBeTruthy();
    expect(document.querySelectorAll('[data-look=primary]')).toHaveLength(1);
    await userEvent.click(review);
    expect(router.state.location.pathname).toBe('/syncs/Churn risk/held');
  });

  it('says what to do in a window where no keychain answers, and opens the connection', async () => {
    const host = fakeHost();
    host.answer('syncs', () => [
      {
        ...(savedSyncs[2] as Sync),
        definition: definitionOf('Orders', { from: 'Billing replica' }),
        status: 'needs_you',
        problem: problem({
          kind: 'keychain_absent',
          message: 'The connection “Billing replica” has no password. This computer has no keychain.',
          safe: 'No secret was stored anywhere else.',
          hint: 'Give it in the environment under the name below, or start a keychain.',
          fix: 'SLUICE_BILLING_REPLICA_PASSWORD',
        }),
      },
    ]);
    const { router } = renderWindow('/', host);
    expect(await screen.findByText(/No keychain answers on this computer/)).toBeTruthy();
    expect(screen.getByText(/Nothing was read or sent.*Start or unlock a keychain/)).toBeTruthy();
    expect(screen.queryByText(/under the name below/)).toBeNull();
    await userEvent.click(await screen.findByRole('button', { name: 'Open connection Billing replica' }));
    expect(router.state.location).toMatchObject({
      pathname: '/connections',
      search: { edit: 'Billing replica' },
    });
  });

  it('folds what needs the user where it is more than two, and lists it on demand', async () => {
    const host = fakeHost();
    const broken = activeSyncs().find(({ status }) => status === 'needs_you') as Sync;
    const names = ['Ads', 'Books', 'Carts', 'Deals', 'Emails', 'Forms'];
    host.answer('syncs', () => [
      ...names.map((name) => ({
        ...broken,
        definition: { ...broken.definition, name, from: name, to: name },
      })),
      savedSyncs[1] as Sync,
    ]);
    renderWindow('/', host);
    expect(await screen.findByText('6 syncs need you.')).toBeTruthy();
    expect(screen.getAllByRole('button', { name: 'Enter new credentials' })).toHaveLength(2);
    expect(await rowOf('Product usage')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show all 6' }));
    expect(await rowOf('Forms')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Product usage' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Show all 6' })).toBeNull();
  });

  it('tells a cause that several syncs have once, with one button', async () => {
    const host = fakeHost();
    const broken = activeSyncs().find(({ status }) => status === 'needs_you') as Sync;
    const of = (names: string[], more: Partial<Sync['definition']> = {}) =>
      names.map((name) => ({ ...broken, definition: { ...broken.definition, ...more, name } }));
    host.answer('syncs', () => [
      ...of(['Ads', 'Books', 'Carts', 'Deals']),
      ...of(['Emails', 'Forms'], { from: 'Elsewhere', to: 'Elsewhere' }),
    ]);
    renderWindow('/', host);
    expect(await screen.findByText('Ads and 3 other syncs need you.')).toBeTruthy();
    expect(screen.getByText('Emails and Forms need you.')).toBeTruthy();
    expect(screen.getAllByRole('button', { name: 'Enter new credentials' })).toHaveLength(2);
    expect(screen.queryByRole('button', { name: /^Show all/ })).toBeNull();
    expect(await violations()).toEqual([]);
  });

  it('gives everything that needs the user one button, the most urgent first', async () => {
    const host = fakeHost();
    const broken = activeSyncs().find(({ status }) => status === 'needs_you') as Sync;
    const held = savedSyncs[0] as Sync;
    const at = (sync: Sync, name: string, started_at: string): Sync => ({
      ...sync,
      definition: { ...sync.definition, name, from: name, to: name },
      last_run: runOf(1, name, { started_at }),
    });
    host.answer('syncs', () => [
      at(held, 'Annual', '2026-11-20T08:00:00Z'),
      at(broken, 'Books', '2026-11-24T08:00:00Z'),
      at(broken, 'Carts', '2026-11-22T08:00:00Z'),
      savedSyncs[1] as Sync,
    ]);
    renderWindow('/', host);
    await userEvent.click(await screen.findByRole('button', { name: 'Show all 3' }));
    const names = screen.getAllByText(/needs you\.$/).map(({ textContent }) => textContent);
    // What stands still comes before what waits for a decision; of that, what has waited longest.
    expect(names).toEqual(['Carts needs you.', 'Books needs you.', 'Annual is held and needs you.']);
    const buttons = names.map((name) => {
      const banner = screen.getByText(name).closest('p')?.parentElement?.parentElement as HTMLElement;
      return within(banner)
        .getAllByRole('button')
        .map(({ textContent }) => textContent);
    });
    expect(buttons).toEqual([['Enter new credentials'], ['Enter new credentials'], ['Review 4,187 changes']]);
    expect(document.querySelectorAll('[data-look=primary]')).toHaveLength(1);
    expect(await violations()).toEqual([]);
  });

  it('shows counts that add up to what a run was to send', async () => {
    renderWindow('/');
    const cells = within(await rowOf('Product usage'))
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
    expect(cells.slice(4, 7)).toEqual(['1,204', '1,182', '22']);
  });

  it('runs a sync and cancels a running one from its line', async () => {
    const { host } = renderWindow('/');
    await userEvent.click(within(await rowOf('Orders')).getByRole('button', { name: 'Sync now' }));
    await waitFor(() =>
      expect(inputs(host, 'sync_now')).toEqual([
        { sync: 'Orders', full: false, approve: false, review: false, planned: null },
      ]),
    );
    await userEvent.click(within(await rowOf('Lead ratings')).getByRole('button', { name: 'Cancel run' }));
    await waitFor(() => expect(inputs(host, 'run_cancel')).toEqual([101]));
  });

  it('shows only the syncs of one state', async () => {
    renderWindow('/');
    await rowOf('Orders');
    await userEvent.click(screen.getByRole('radio', { name: /Running/ }));
    expect(await rowOf('Lead ratings')).toBeTruthy();
    expect(
      within(screen.getByRole('table', { name: 'Syncs' })).queryByRole('link', { name: 'Orders' }),
    ).toBeNull();
  });

  const withDraft = () => {
    const host = fakeHost();
    host.answer('drafts', () => [
      { id: 'd1', title: 'Renewal letters', saved_at: null, state: newState('UTC') },
    ]);
    return renderWindow('/', host);
  };

  it('lists drafts with what each lacks, and goes on with one', async () => {
    const { router } = withDraft();
    const finish = await screen.findByRole('button', { name: 'Finish' });
    expect(finish.closest('tr')?.textContent).toContain(
      'Still to do: Choose a connection or a kind of warehouse',
    );
    await userEvent.click(finish);
    expect(router.state.location.pathname).toContain('/wizard/d1/');
  });

  it('lists drafts beside the syncs in the sidebar', async () => {
    const { router } = withDraft();
    const sidebar = await screen.findByRole('navigation', { name: 'Main' });
    await userEvent.click(await within(sidebar).findByRole('link', { name: /Renewal letters/ }));
    expect(router.state.location.pathname).toContain('/wizard/d1/');
  });

  it('offers an unfinished edit on the page of its sync, not as a second line', async () => {
    const host = fakeHost();
    let drafts = [{ id: 'sync:Orders', title: 'Orders', saved_at: null, state: newState('UTC') }];
    host.answer('drafts', () => drafts);
    host.answer('draft_delete', () => {
      drafts = [];
      return null;
    });
    const { router } = renderWindow('/', host);
    await rowOf('Orders');
    expect(screen.queryByRole('button', { name: 'Finish' })).toBeNull();
    const sidebar = screen.getByRole('navigation', { name: 'Main' });
    expect(within(sidebar).getAllByRole('link', { name: /Orders/ })).toHaveLength(1);
    await act(() => router.navigate({ to: '/syncs/$name', params: { name: 'Orders' } }));
    expect(await screen.findByText('This sync has an unfinished edit.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Go on editing' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Discard the edit' }));
    await waitFor(() => expect(screen.queryByText('This sync has an unfinished edit.')).toBeNull());
    expect(inputs(host, 'draft_delete')).toEqual(['sync:Orders']);
  });

  it('says what a sync is when there is none', async () => {
    const host = fakeHost();
    host.answer('syncs', () => []);
    renderWindow('/', host);
    expect(await screen.findByRole('heading', { name: 'No syncs yet' })).toBeTruthy();
    expect(await violations()).toEqual([]);
  });
});

describe('the page of a sync', () => {
  it('has no accessibility violation while a run goes on', async () => {
    renderWindow('/syncs/Lead%20ratings');
    await screen.findByRole('heading', { name: 'Sending 2,640 changes' });
    await screen.findByRole('table', { name: 'Runs' });
    expect(await violations()).toEqual([]);
  });

  it('moves with what is pushed, without reading the lists again', async () => {
    const { host } = renderWindow('/syncs/Lead%20ratings');
    await screen.findByRole('heading', { name: 'Sending 2,640 changes' });
    const reads = () =>
      host.calls.filter(({ command }) => ['syncs', 'sync', 'runs'].includes(command)).length;
    await screen.findByRole('table', { name: 'Runs' });
    const before = reads();
    act(() => host.push({ type: 'run', run: { ...runningRun(), delivered: 2000, rejected: 8 } }));
    expect(await screen.findByText('2,000')).toBeTruthy();
    expect(screen.getByText(/Cancelling keeps the 2,000 already delivered/)).toBeTruthy();
    expect(reads()).toBe(before);
  });

  it('keeps to the last step while the run comes to its end', async () => {
    const { host } = renderWindow('/syncs/Lead%20ratings');
    await screen.findByRole('heading', { name: 'Sending 2,640 changes' });
    act(() => host.push({ type: 'run', run: { ...runningRun(), delivered: 2634, progress: null } }));
    expect(await screen.findByText('2,634')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Sending 2,640 changes' })).toBeTruthy();
    expect(screen.queryByText('Reading rows')).toBeNull();
  });

  it('reads again when a run has ended', async () => {
    const { host } = renderWindow('/syncs/Lead%20ratings');
    await screen.findByRole('heading', { name: 'Sending 2,640 changes' });
    const reads = () => inputs(host, 'sync').length;
    const before = reads();
    act(() => host.push({ type: 'run', run: { ...runningRun(), status: 'completed', progress: null } }));
    await waitFor(() => expect(reads()).toBeGreaterThan(before));
  });

  it('points to the rows of a run that could not be sent, while it runs and after', async () => {
    const host = fakeHost();
    const { router } = renderWindow('/syncs/Lead%20ratings', host);
    await userEvent.click(await screen.findByRole('link', { name: '6 invalid' }));
    const ofRun = { sync: 'Lead ratings', run: 101, status: ['invalid'] };
    expect(router.state.location).toMatchObject({ pathname: '/events', search: ofRun });

    const ended = { ...runningRun(), status: 'completed' as const, invalid: 12, rejected: 0, progress: null };
    const ratings = activeSyncs().find(({ definition }) => definition.name === 'Lead ratings') as Sync;
    host.answer('sync', () => ({ ...ratings, status: 'healthy', last_run: ended }));
    host.answer('runs', () => [ended]);
    await act(() => router.navigate({ to: '/syncs/$name', params: { name: 'Lead ratings' } }));
    act(() => host.push({ type: 'run', run: ended }));
    await userEvent.click(await screen.findByRole('link', { name: '12 rows could not be sent' }));
    expect(router.state.location).toMatchObject({ pathname: '/events', search: ofRun });
  });

  it('cancels the run and says what stays', async () => {
    const { host } = renderWindow('/syncs/Lead%20ratings');
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel run' }));
    await waitFor(() => expect(inputs(host, 'run_cancel')).toEqual([101]));
  });

  it('lists a missed run with its reason, and finds it by its filter', async () => {
    renderWindow('/syncs/Lead%20ratings');
    expect(await screen.findByText('This computer was asleep. Caught up at 09:12.')).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: 'Missed' }));
    expect(within(screen.getByRole('table', { name: 'Runs' })).getAllByRole('row')).toHaveLength(2);
  });

  it('tells how long a run worked, without the time it was held', async () => {
    const host = fakeHost();
    const hour = 3600;
    host.answer('runs', () => [
      runOf(46, 'Product usage', {
        status: 'running',
        started_at: new Date(Date.now() - (hour + 30) * 1000).toISOString(),
        finished_at: null,
        held_seconds: hour,
        seconds: 30,
      }),
    ]);
    renderWindow('/syncs/Product%20usage', host);
    const table = await screen.findByRole('table', { name: 'Runs' });
    const [, run] = await within(table).findAllByRole('row');
    expect(within(run as HTMLElement).getByText(/^\d+ (s|min.*)$/)).toBeTruthy();
  });

  it('says that a run is being undone while that goes on', async () => {
    const host = fakeHost();
    host.answer('runs', () => [
      runOf(45, 'Product usage', { status: 'running', trigger: 'undo', undoes: 44, finished_at: null }),
      runOf(44, 'Product usage', { undoing: 45 }),
      runOf(43, 'Product usage', { undone_by: 42 }),
    ]);
    renderWindow('/syncs/Product%20usage', host);
    expect(await screen.findByText('Being undone')).toBeTruthy();
    expect(screen.getAllByText('Undone')).toHaveLength(1);
  });

  it('sends the refused records of a run again', async () => {
    const { host } = renderWindow('/syncs/Product%20usage');
    await userEvent.click(await screen.findByRole('button', { name: 'Retry 22' }));
    await waitFor(() => expect(inputs(host, 'retry')).toEqual([{ run: 44, keys: [], events: [] }]));
  });

  it('offers refused records where they are: in the newest run, which took them over', async () => {
    const refused = { status: 'completed_with_rejections' as const, rejected: 22 };
    const host = fakeHost();
    const missed = { status: 'missed' as const, read: 0, rejected: 0 };
    host.answer('runs', () => [
      runOf(45, 'Product usage', missed),
      runOf(44, 'Product usage', refused),
      runOf(43, 'Product usage', refused),
    ]);
    renderWindow('/syncs/Product%20usage', host);
    await userEvent.click(await screen.findByRole('button', { name: 'Retry 22' }));
    await waitFor(() => expect(inputs(host, 'retry')).toEqual([{ run: 44, keys: [], events: [] }]));
    expect(screen.getAllByText('Taken over')).toHaveLength(1);
  });

  it('says of records that waited that a later run took them over', async () => {
    const host = fakeHost();
    const waits = { status: 'waiting' as const, waiting: 8 };
    host.answer('runs', () => [
      runOf(45, 'Product usage', { ...waits, waiting: 9 }),
      runOf(44, 'Product usage', { ...waits, taken_over_by: 45 }),
    ]);
    renderWindow('/syncs/Product%20usage', host);
    expect(await screen.findByText('9 waiting')).toBeTruthy();
    expect(screen.getByText('8 taken over')).toBeTruthy();
    expect(screen.queryByText('8 waiting')).toBeNull();
  });

  it('shows a held run record by record, and sends exactly that on yes', async () => {
    const { host, router } = renderWindow('/syncs/Churn%20risk');
    await userEvent.click(await screen.findByRole('button', { name: 'Look at 4,187 changes' }));
    expect(await screen.findByText(/62% fewer rows/)).toBeTruthy();
    expect(await screen.findByRole('radio', { name: /Removed/ })).toBeTruthy();
    const list = await screen.findByRole('grid', { name: 'Removed' });
    expect(within(list).getAllByRole('row').length).toBeGreaterThan(1);
    expect(await violations()).toEqual([]);
    expect(inputs(host, 'held')).toEqual([{ run: 31, limit: 200, reveal: false }]);
    await userEvent.click(screen.getByRole('button', { name: 'Send 4,187 records' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Send 4,187 records?' });
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(inputs(host, 'run_approve')).toEqual([]);
    expect(await violations()).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send 4,187 records' }));
    await waitFor(() => expect(inputs(host, 'run_approve')).toEqual([31]));
    await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Churn risk'));
  });

  it('says so when the run is held no more', async () => {
    renderWindow('/syncs/Orders/held');
    expect(await screen.findByText('No run of this sync is held any more.')).toBeTruthy();
  });

  it('tells a run that one looked at first from one a brake holds, and lets it go without alarm', async () => {
    const host = fakeHost();
    const [churn] = savedSyncs as [Sync];
    const held = {
      ...(churn.held as Run),
      trigger: 'manual' as const,
      problem: problem({ kind: 'to_review' }),
    };
    const sync: Sync = { ...churn, held, last_run: held, paused: true, problem: held.problem };
    host.answer('sync', () => sync);
    host.answer('runs', () => [held]);
    renderWindow('/syncs/Churn%20risk', host);
    expect(await screen.findByText('You pressed Look first')).toBeTruthy();
    expect(screen.queryByText('You pressed Sync now')).toBeNull();
    expect(screen.getAllByText('Paused').length).toBeGreaterThan(0);
    expect(screen.queryByRole('button', { name: 'Drop' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Do not send' }));
    const dialog = await screen.findByRole('dialog', { name: 'Do not send these records?' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Do not send' }));
    await waitFor(() => expect(inputs(host, 'run_drop')).toEqual([31]));
    expect(await screen.findByText('Nothing was sent. The next run sends what is due then.')).toBeTruthy();
  });

  it('says of an undo that it puts back, and says of no run that is over that it has started', async () => {
    const host = fakeHost();
    const going = runOf(45, 'Product usage', {
      status: 'running',
      trigger: 'undo',
      undoes: 44,
      finished_at: null,
      progress: {
        phase: 'sending',
        to_send: 5000,
        expected_rows: null,
        per_second: 80,
        seconds_left: null,
        rates: [],
        waiting_for: null,
      },
    });
    const [, usage] = savedSyncs as [Sync, Sync];
    let sync: Sync = { ...usage, status: 'running', last_run: going };
    host.answer('sync', () => sync);
    renderWindow('/syncs/Product%20usage', host);
    expect(await screen.findByRole('heading', { name: 'Putting back 5,000 records' })).toBeTruthy();
    sync = usage;
    act(() =>
      host.push({ type: 'run', run: { ...going, status: 'completed', finished_at: going.started_at } }),
    );
    host.answer('sync_now', () => {
      const run = runOf(46, 'Product usage', { status: 'running', finished_at: null });
      host.push({ type: 'run', run: { ...run, status: 'completed', finished_at: run.started_at } });
      return run;
    });
    await userEvent.click(await screen.findByRole('button', { name: /^Sync now/ }));
    await waitFor(() => expect(inputs(host, 'sync_now')).toHaveLength(1));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: /^Sync now/ }).getAttribute('data-pending')).toBeNull(),
    );
    expect(screen.queryByText('Product usage has started')).toBeNull();
  });

  it('drops a held run after a question', async () => {
    const { host } = renderWindow('/syncs/Churn%20risk');
    await userEvent.click(await screen.findByRole('button', { name: 'Drop' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Drop the run' }));
    await waitFor(() => expect(inputs(host, 'run_drop')).toEqual([31]));
  });

  it('sets when a run is held', async () => {
    const { host } = renderWindow('/syncs/Orders');
    await userEvent.click(await screen.findByRole('tab', { name: 'Brakes' }));
    const share = await screen.findByRole('textbox', { name: /Share of rows that may be missing/ });
    await userEvent.clear(share);
    await userEvent.type(share, '120');
    // What is typed is judged when its field is left.
    expect(screen.queryByText(/A whole number/)).toBeNull();
    await userEvent.tab();
    expect(screen.getByText('A whole number from 0 to 100, for example 50')).toBeTruthy();
    await userEvent.clear(share);
    await userEvent.type(share, '80');
    await userEvent.click(screen.getByRole('switch', { name: /The destination refuses/ }));
    await userEvent.click(screen.getByRole('switch', { name: /The first run/ }));
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Save brakes' }));
    await waitFor(() => expect(inputs(host, 'sync_save')).toHaveLength(1));
    expect(inputs(host, 'sync_save')[0]).toMatchObject({
      existing: 'Orders',
      definition: { brakes: { shrunk: 80, refused: null, first_run: true, emptied: 30 } },
    });
  });

  it('asks before every row is sent again', async () => {
    const { host } = renderWindow('/syncs/Orders');
    await userEvent.click(await screen.findByRole('button', { name: 'More' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Send every row again…' }));
    expect(inputs(host, 'sync_now')).toEqual([]);
    await userEvent.click(await screen.findByRole('button', { name: 'Send every row' }));
    await waitFor(() =>
      expect(inputs(host, 'sync_now')).toEqual([
        { sync: 'Orders', full: true, approve: false, review: false, planned: null },
      ]),
    );
  });

  it('pauses the schedule and offers the way back', async () => {
    const { host } = renderWindow('/syncs/Orders');
    await userEvent.click(await screen.findByRole('button', { name: 'Pause schedule' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(inputs(host, 'sync_unpause')).toEqual(['Orders']));
  });

  it('says what is wrong when only the user can mend it, and goes on once it is mended', async () => {
    const { host } = renderWindow('/syncs/Workspace%20owners');
    expect(await screen.findByText('Kestrel events no longer accepts this write key.')).toBeTruthy();
    expect(await violations()).toEqual([]);
    await userEvent.click(await screen.findByRole('button', { name: 'Enter new credentials' }));
    const panel = await screen.findByRole('complementary', { name: 'Connection' });
    expect(within(panel).getByRole('heading', { name: 'Kestrel events' })).toBeTruthy();
    await userEvent.click(within(panel).getByRole('button', { name: 'Save' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Sync now' }));
    await waitFor(() =>
      expect(inputs(host, 'sync_now')).toContainEqual({
        sync: 'Workspace owners',
        full: false,
        approve: false,
        review: false,
        planned: null,
      }),
    );
  });

  it('shows what it sends, to look at', async () => {
    renderWindow('/syncs/Orders');
    await userEvent.click(await screen.findByRole('tab', { name: 'Payload and mapping' }));
    expect(await screen.findByText('A track event “Order completed”')).toBeTruthy();
    expect(await violations()).toEqual([]);
  });
});

it('Home’s footer names the three syncs with most rejected records, each with its count, and how many more', async () => {
  const host = fakeHost();
  const [first] = savedSyncs;
  if (!first) throw new Error('The invented data has syncs.');
  const long =
    'Quarterly enterprise lead scores for the northern region, including resellers and subsidiaries';
  host.answer('syncs', () =>
    [long, 'B', 'C', 'D', 'E'].map((name, at) => ({
      ...first,
      definition: { ...first.definition, name },
      rejected: 50 - at,
    })),
  );
  renderWindow('/', host);
  const footer = (await screen.findByText(/^240 rejected in 5 syncs/)).closest('footer') as HTMLElement;
  const links = within(footer).getAllByRole('link');
  expect(links.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Quarterly.*50$/),
    'B49',
    'C48',
    expect.stringContaining('Live events'),
  ]);
  expect(within(footer).getByText('and 2 syncs more')).toBeTruthy();
});
