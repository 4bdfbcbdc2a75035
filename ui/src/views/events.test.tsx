import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Connection } from '@/api/bindings/Connection';
import type { EventDetail } from '@/api/bindings/EventDetail';
import type { Sync } from '@/api/bindings/Sync';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { savedConnections } from '@/test/fake/catalogue';
import { runOf, savedSyncs } from '@/test/fake/syncs';
import { renderWindow } from '@/test/render';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);

async function open(path = '/events', events = 5000) {
  const view = renderWindow(path, fakeHost({ events }));
  const grid = await screen.findByRole('grid', { name: 'Events, newest first' });
  const rows = () => within(grid).getAllByRole('row').slice(1);
  return { ...view, grid, rows, user: userEvent.setup() };
}

/** As a wheel would: the list stands 400 px below its top. */
function scroll(grid: HTMLElement) {
  grid.scrollTop = 400;
  fireEvent.scroll(grid);
}

const rejectedRow = (rows: HTMLElement[]) =>
  rows.find((row) => row.textContent.includes('Rejected')) as HTMLElement;

const refused = Object.assign(new Error(), {
  code: 'SLU-1900',
  kind: 'disk',
  message: 'The data folder can not be read.',
  safe: 'Nothing was changed.',
  hint: 'Check the disk.',
  fix: null,
  retries: false,
  details: [],
});

describe('live events', () => {
  it('has no accessibility violation, with a record open', async () => {
    const { rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await screen.findByText(/“Blazing” is not a value of Rating/);
    expect(await violations()).toEqual([]);
  });

  it('shows what was answered for this very record before the whole answer', async () => {
    const { rows, user } = await open();
    await user.click(rejectedRow(rows()));
    const own = await screen.findByRole('region', { name: 'Answer for this record' });
    expect(own.textContent).toMatch(/PICKLIST/);
    expect(own.textContent).not.toMatch(/"updated"/);
    const whole = screen.getByText('The whole answer, for 100 records').closest('details');
    expect(whole?.open).toBe(false);
    expect(whole?.textContent).toMatch(/"updated"/);
  });

  it('renders a window of the log and tells how long it is', async () => {
    const { grid, rows } = await open('/events', 120_000);
    expect(grid.getAttribute('aria-rowcount')).toBe('120001');
    expect(rows().length).toBeLessThan(80);
    expect(rows()[0]?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('shows new events on top while it follows', async () => {
    const { host, rows } = await open();
    const first = rows()[0]?.id;
    act(() => host.addEvents(3));
    await waitFor(() => expect(rows()[0]?.id).not.toBe(first));
  });

  it('stops following on scroll, keeps its rows, counts what is new and follows again when asked', async () => {
    const { host, grid, rows, user } = await open();
    const first = rows()[0]?.id;
    scroll(grid);
    expect(await screen.findByText('Following stopped when you scrolled')).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Follow' }).checked).toBe(false);
    act(() => host.addEvents(128));
    expect(await screen.findByText('128 new')).toBeTruthy();
    expect(document.getElementById(first ?? '')).not.toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show and follow' }));
    expect(grid.scrollTop).toBe(0);
    fireEvent.scroll(grid);
    await waitFor(() => expect(rows()[0]?.id).toBe('event-e5128'));
    expect(screen.queryByText('128 new')).toBeNull();
  });

  it('is complete with the keyboard: j and k move, Enter opens, Esc closes, Space picks', async () => {
    const { grid, rows, user } = await open();
    grid.focus();
    await user.keyboard('jjk');
    expect(grid.getAttribute('aria-activedescendant')).toBe(rows()[0]?.id);
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('complementary', { name: 'Event' })).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary', { name: 'Event' })).toBeNull();
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(screen.getByText('3 selected')).toBeTruthy();
  });

  it('goes to the search with "/" and asks the program for what is typed', async () => {
    const { host, user } = await open();
    await user.keyboard('/');
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: /^Words, or a filter/ }));
    await user.keyboard('L-20');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ search: 'L-20' }));
  });

  it('closes what is open and picked when something else is searched, counts what it finds and stays still', async () => {
    const { rows, user } = await open('/events', 12_000);
    await user.click(rows()[0] as HTMLElement);
    await screen.findByRole('complementary', { name: 'Event' });
    expect(screen.getByText('Following stopped when you opened an event')).toBeTruthy();
    await user.click(screen.getByRole('combobox'));
    await user.paste('L-20418');
    expect(await screen.findByText('2 match')).toBeTruthy();
    expect(screen.queryByRole('complementary', { name: 'Event' })).toBeNull();
    expect(screen.queryByRole('row', { selected: true })).toBeNull();
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Follow' }).checked).toBe(false);
  });

  it('keeps a record open beside the list of its run', async () => {
    const { host, rows, user } = await open();
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByRole('button', { name: 'More' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Show only this run' }));
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ run: 101 }));
    expect(screen.getByRole('complementary', { name: 'Event' })).toBeTruthy();
  });

  it('does not speak of an opened event any more once it is closed', async () => {
    const { rows, user } = await open();
    await user.click(rows()[0] as HTMLElement);
    await screen.findByText('Following stopped when you opened an event');
    await user.keyboard('{Escape}');
    expect(await screen.findByText('Following is off')).toBeTruthy();
  });

  it('filters by state, and takes the filter away again', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('button', { name: /^Status/ }));
    await user.click(await screen.findByRole('menuitemcheckbox', { name: 'Rejected' }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: ['rejected'] }));
    await user.click(await screen.findByRole('button', { name: 'Remove the filter Status' }));
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: [] }));
  });

  it('makes filters that are typed into chips, and edits them back to text', async () => {
    const { host, user } = await open();
    const field = screen.getByRole<HTMLInputElement>('combobox');
    await user.click(field);
    await user.keyboard('L-2 status:rejected ');
    await waitFor(() =>
      expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: ['rejected'], search: 'L-2' }),
    );
    expect(field.value.trim()).toBe('L-2');
    expect(screen.getByRole('button', { name: /^Status\s*rejected$/ })).toBeTruthy();
    await user.keyboard('{Home}{Backspace}');
    expect(field.value).toBe('status:rejected L-2');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: [] }));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: ['rejected'] }));
    await user.click(screen.getByRole('button', { name: 'Edit the filters as text' }));
    expect(field.value).toBe('status:rejected L-2');
    expect(document.activeElement).toBe(field);
    expect(screen.getByText('Press Enter to filter by what is typed.')).toBeTruthy();
  });

  it('tells a filter that does not exist, and does not leave it out silently', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('combobox'));
    await user.keyboard('stat:rejected status:lost{Enter}');
    expect(await screen.findByText(/“stat:” is no filter/)).toBeTruthy();
    expect(screen.getByText(/“lost” is no status/)).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('combobox').value).toBe('stat:rejected status:lost');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ statuses: [], search: null }));
    expect(await violations()).toEqual([]);
  });

  it('completes names and values with the keyboard alone', async () => {
    const { host, user } = await open();
    await user.keyboard('/');
    await user.keyboard('err{ArrowDown}{Enter}');
    const field = screen.getByRole<HTMLInputElement>('combobox');
    expect(field.value).toBe('error:');
    const list = await screen.findByRole('listbox', { name: 'Filters and values' });
    expect(within(list).getByRole('option', { name: /rate_limited.*SLU-2008/ })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.keyboard('rec{ArrowDown}');
    const active = document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toMatch(/record_rejected/);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ errors: ['record_rejected'] }));
    expect(field.value).toBe('');
    await user.keyboard('s{Escape}');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(field.value).toBe('s');
  });

  it('groups what went wrong by cause, lists one by the keyboard and says which', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('switch', { name: 'By cause' }));
    const table = await screen.findByRole('table', { name: 'What went wrong, newest first' });
    const groups = within(table).getAllByRole('row').slice(1);
    expect(groups).toHaveLength(2);
    expect(await violations()).toEqual([]);
    const refusedOnes = within(table).getByRole('row', { name: /is not a value of Rating/ });
    expect(refusedOnes.textContent).toMatch(/SLU-3006/);
    within(groups[0] as HTMLElement)
      .getAllByRole('button')[0]
      ?.focus();
    await user.keyboard('j{End}k{Home}');
    expect(document.activeElement).toBe(within(groups[0] as HTMLElement).getAllByRole('button')[0]);
    within(refusedOnes)
      .getByRole('button', { name: /is not a value of Rating/ })
      .focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(inputs(host, 'events').at(-1)).toMatchObject({ cause: 1 }));
    expect(await screen.findByRole('grid', { name: 'Events, newest first' })).toBeTruthy();
    expect(
      await screen.findByRole('button', { name: /^Cause .*is not a value of Rating.*: edit as text$/ }),
    ).toBeTruthy();
  });

  it('sends everything refused for one cause again, run by run', async () => {
    const host = fakeHost({ events: 5000 });
    renderWindow('/events?by=%22cause%22', host);
    const user = userEvent.setup();
    const table = await screen.findByRole('table');
    const row = within(table).getByRole('row', { name: /is not a value of Rating/ });
    await user.click(within(row).getByRole('button', { name: /^Retry \d/ }));
    await screen.findByText(/^Sending \d+ records again/);
    const retries = inputs(host, 'retry') as { run: number; events: string[] }[];
    expect(new Set(retries.map(({ run }) => run)).size).toBe(retries.length);
    const asked = inputs(host, 'events') as { cause?: number; statuses: string[] }[];
    const refusedOfCause = { cause: 1, statuses: ['rejected', 'doubtful'] };
    expect(asked).toContainEqual(expect.objectContaining(refusedOfCause));
    expect(retries.every(({ events }) => events.length > 0)).toBe(true);
  });

  it('draws the tries of a record on a line that is told in words too', async () => {
    const { rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('tab', { name: /^Attempts/ }));
    const line = await screen.findByRole('img', { name: /^Try 1 left at / });
    expect(line.getAttribute('aria-label')).toMatch(/answered 429 after 412 ms; waited 2\.0 s; Try 2 left/);
    expect(await violations()).toEqual([]);
  });

  it('opens filtered where another screen points', async () => {
    const { host } = await open('/events?sync=%22Orders%22&status=%5B%22rejected%22%5D');
    expect(inputs(host, 'events')[0]).toMatchObject({ sync: 'Orders', statuses: ['rejected'] });
  });

  it('sends one record again', async () => {
    const { host, rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Send again' }));
    await screen.findByText('Sending 1 record again');
    expect(inputs(host, 'retry')).toEqual([
      { run: expect.any(Number) as number, keys: [], events: [expect.any(String) as string] },
    ]);
  });

  it('tells the key of each record, and corrects one that was refused for a value', async () => {
    const { rows, user } = await open();
    expect(screen.getByRole('columnheader', { name: 'Key' })).toBeTruthy();
    expect(within(rows()[0] as HTMLElement).getByTitle('L-25000')).toBeTruthy();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Fix and send again' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Correct and send this record' });
    expect(await within(dialog).findByRole('textbox', { name: 'What is sent' })).toBeTruthy();
    expect(await within(dialog).findByText(/“Blazing” is not a value of Rating/)).toBeTruthy();
  });

  it('offers to correct what a receiver refused as a whole', async () => {
    const { host, rows, user } = await open();
    const row = rejectedRow(rows());
    const answer = (await host.invoke('event', { event: 'e5', reveal: false })) as EventDetail;
    host.answer('event', ({ event }) => ({
      ...answer,
      event: { ...answer.event, event, status: 'rejected', retryable: true },
      problem: problem({ kind: 'request_refused', message: 'The receiver refused it (HTTP 400): “no id”.' }),
    }));
    await user.click(row);
    expect(await screen.findByRole('button', { name: 'Fix and send again' })).toBeTruthy();
  });

  it('tells how records that were sent again ended', async () => {
    const { host, rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Send again' }));
    await screen.findByText('Sending 1 record again');
    const ended = { status: 'completed_with_rejections' as const, delivered: 0, rejected: 1 };
    act(() => host.push({ type: 'run', run: runOf(103, 'Lead ratings', ended) }));
    expect(await screen.findByText('1 rejected again')).toBeTruthy();
  });

  it('copies one record as JSON and as a curl command, and says so', async () => {
    const { rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Copy as curl' }));
    await screen.findByText('curl command copied');
    expect(await navigator.clipboard.readText()).toMatch(/^curl .*\$SECRET/);
    await user.click(screen.getByRole('button', { name: 'Copy as JSON' }));
    await screen.findByText('JSON copied');
    expect(await navigator.clipboard.readText()).toMatch(/^\{"matchField"/);
  });

  it('offers no curl command where there is none', async () => {
    const { host, rows, user } = await open();
    const answer = await host.invoke('event', { event: 'e5', reveal: false });
    host.answer('event', () => ({ ...(answer as EventDetail), curl: null }));
    await user.click(rows()[0] as HTMLElement);
    await screen.findByRole('button', { name: 'Copy as JSON' });
    expect(screen.queryByRole('button', { name: 'Copy as curl' })).toBeNull();
  });

  it('says how many events are kept, and how many of them match', async () => {
    const { user } = await open('/events', 4000);
    expect(screen.getByText('4,000 kept')).toBeTruthy();
    await user.keyboard('/');
    await user.keyboard('picklist');
    expect(await screen.findByText(/^[1-9]\d{0,2} match$/)).toBeTruthy();
  });

  it('sends the refused ones among the picked again, run by run', async () => {
    const { host, rows, user } = await open('/events?status=%5B%22rejected%22%5D');
    const [first, , third] = rows();
    await user.click(first as HTMLElement);
    await user.keyboard('{Shift>}');
    await user.click(third as HTMLElement);
    await user.keyboard('{/Shift}');
    await user.click(screen.getByRole('button', { name: 'Retry 3' }));
    await screen.findByText('Sending 3 records again');
    const sent = (inputs(host, 'retry') as { events: string[] }[]).flatMap((retry) => retry.events);
    expect(sent).toHaveLength(3);
  });

  it('discards a record only after asking, and keeps it where the answer is no', async () => {
    const { host, rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Discard…' }));
    const question = await screen.findByRole('alertdialog', { name: 'Discard this record?' });
    expect(document.activeElement).toBe(within(question).getByRole('button', { name: 'Keep' }));
    expect(await violations()).toEqual([]);
    await user.click(within(question).getByRole('button', { name: 'Keep' }));
    expect(inputs(host, 'discard')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Discard…' }));
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await screen.findByText('1 record discarded');
    expect(inputs(host, 'discard')).toEqual([
      {
        run: expect.any(Number) as number,
        keys: [],
        events: [expect.any(String) as string],
        which: 'all',
      },
    ]);
  });

  it('discards everything refused of each run that has such records', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('button', { name: 'Discard 31' }));
    const question = await screen.findByRole('alertdialog', { name: 'Discard 31 records?' });
    await user.click(within(question).getByRole('button', { name: 'Discard 31' }));
    await screen.findByText('31 records discarded');
    const sent = inputs(host, 'discard') as { run: number; which: string }[];
    expect(new Set(sent.map(({ run }) => run)).size).toBe(sent.length);
    expect(sent.every(({ which }) => which === 'refused')).toBe(true);
  });

  it('sends everything refused again: each run that has such records, once', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('button', { name: /^Retry all/ }));
    await screen.findByText(/^Sending 31 records again/);
    const runs = (inputs(host, 'retry') as { run: number; keys: string[] }[]).map(({ run }) => run);
    expect(new Set(runs).size).toBe(runs.length);
    expect(runs.length).toBeGreaterThan(0);
  });

  it('reveals one event only', async () => {
    const { host, rows, user } = await open();
    await user.click(rejectedRow(rows()));
    await user.click(await screen.findByRole('button', { name: 'Reveal this event' }));
    await screen.findByText(/mira.halden@example/);
    await user.click(screen.getByRole('button', { name: 'Older event' }));
    await waitFor(() => expect(inputs(host, 'event').at(-1)).toMatchObject({ reveal: false }));
  });

  it('says what went wrong and tries again', async () => {
    const host = fakeHost();
    host.answer('events', () => Promise.reject(refused));
    renderWindow('/events', host);
    expect(await screen.findByText('The data folder can not be read.')).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('keeps the list when a later load fails, says why and tries again', async () => {
    const { host, rows, user } = await open();
    host.answer('events', () => Promise.reject(refused));
    act(() => host.addEvents(3));
    expect(await screen.findByText('The data folder can not be read.')).toBeTruthy();
    expect(rows().length).toBeGreaterThan(10);
    host.answer('events', () => ({ events: [], cursor: null, total: 0 }));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'No events yet' })).toBeTruthy();
  });

  it('says why a record can not be shown', async () => {
    const { host, rows, user } = await open();
    host.answer('event', () => Promise.reject(refused));
    await user.click(rejectedRow(rows()));
    expect(await screen.findByText('The data folder can not be read.')).toBeTruthy();
  });

  it('says that nothing was sent yet, and offers the way there', async () => {
    renderWindow('/events', fakeHost({ events: 0 }));
    expect(await screen.findByRole('heading', { name: 'No events yet' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Set up a sync' })).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('runs the sample’s sync where there is no other', async () => {
    const host = fakeHost({ events: 0 });
    const [orders] = savedSyncs.slice(2) as [Sync];
    host.answer('syncs', () => [orders]);
    const [connection] = savedConnections as [Connection];
    host.answer('connections', () => [{ ...connection, kind: 'sample', name: orders.definition.from }]);
    renderWindow('/events', host);
    await userEvent.click(await screen.findByRole('button', { name: 'Run the sample sync' }));
    expect(screen.queryByRole('button', { name: 'Set up a sync' })).toBeNull();
    await waitFor(() =>
      expect(inputs(host, 'sync_now')).toMatchObject([{ sync: orders.definition.name, full: false }]),
    );
  });

  const openedAs = async (more: Partial<EventDetail>) => {
    const host = fakeHost({ events: 50 });
    const detail = fakeHost({ events: 50 });
    host.answer('event', async (request) => ({
      ...((await detail.invoke('event', request)) as EventDetail),
      ...more,
    }));
    renderWindow('/events', host);
    const grid = await screen.findByRole('grid', { name: 'Events, newest first' });
    const [, row] = within(grid).getAllByRole('row');
    await userEvent.click(row as HTMLElement);
    return screen.findByRole('complementary', { name: 'Event' });
  };

  it('says of a record that never left that it was not sent', async () => {
    const detail = await openedAs({ attempts: [] });
    expect(await within(detail).findAllByRole('region', { name: 'Not sent' })).not.toEqual([]);
    expect(within(detail).queryAllByRole('region', { name: 'Sent' })).toEqual([]);
    expect(within(detail).getByText('It was not sent in any request.')).toBeTruthy();
    expect(within(detail).getByRole('button', { name: 'Copy the payload' })).toBeTruthy();
  });

  it('says why a record goes out that was sent again, not what happened to its row', async () => {
    const detail = await openedAs({ trigger: 'replay' });
    await userEvent.click(within(detail).getByRole('tab', { name: 'Summary' }));
    expect(await within(detail).findByText('Sent once more by you')).toBeTruthy();
    expect(within(detail).queryByText('Row', { selector: 'dt' })).toBeNull();
  });

  it('writes what matches to the file the user chose', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('button', { name: 'Export…' }));
    await user.click(await screen.findByRole('button', { name: 'Choose the file…' }));
    await waitFor(() => expect(inputs(host, 'events_export')).toHaveLength(1));
    expect(inputs(host, 'events_export')[0]).toMatchObject({
      path: '/home/ana/sluice-events.csv',
      format: 'csv',
      reveal: false,
    });
  });
});
