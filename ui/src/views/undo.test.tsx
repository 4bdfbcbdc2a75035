import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { personOf } from '@/test/fake/person';
import { runOf } from '@/test/fake/syncs';
import { undoLook } from '@/test/fake/undo';
import { renderWindow } from '@/test/render';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);

async function ask(host = fakeHost()) {
  renderWindow('/syncs/Orders', host);
  const [first] = await screen.findAllByRole('button', { name: /^Undo the run/ });
  await userEvent.click(first as HTMLElement);
  return { host, dialog: await screen.findByRole('alertdialog') };
}

describe('undo of a run', () => {
  it('says what would be done before it does anything, and deletes nothing unasked', async () => {
    const { host, dialog } = await ask();
    expect(await within(dialog).findByText('2,532')).toBeTruthy();
    expect(within(dialog).getByText('61')).toBeTruthy();
    expect(await violations()).toEqual([]);
    expect(inputs(host, 'undo')).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Undo 2,532 records' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(inputs(host, 'undo')).toMatchObject([{ events: [], delete_created: false }]);
    expect(inputs(host, 'sync_pause')).toEqual(['Orders']);
  });

  it('says what became of it, and offers what is left', async () => {
    const host = fakeHost();
    host.answer('runs', () => [
      runOf(9, 'Orders', { undoing: 12 }),
      runOf(8, 'Orders', { undone_by: 11 }),
      runOf(7, 'Orders', { undone_by: 10, undone_in_part: true }),
    ]);
    renderWindow('/syncs/Orders', host);
    const undos = (row: string) =>
      within(screen.getByText(row).closest('tr') as HTMLElement).queryByRole('button', { name: /^Undo/ });
    await screen.findByText('Being undone');
    expect(undos('Being undone')).toBeNull();
    expect(undos('Undone')).toBeNull();
    expect(undos('Undone in part')).not.toBeNull();
  });

  it('deletes what the run created where that is chosen, and pauses nothing where that is not', async () => {
    const { host, dialog } = await ask();
    await userEvent.click(await within(dialog).findByRole('button', { name: /What happens to them/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'Delete them' }));
    await userEvent.click(within(dialog).getByRole('checkbox', { name: /Pause Orders/ }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Undo 2,620 records' }));
    await waitFor(() => expect(inputs(host, 'undo')).toMatchObject([{ delete_created: true }]));
    expect(inputs(host, 'sync_pause')).toEqual([]);
  });

  it('shows what is left alone, and why', async () => {
    const { dialog } = await ask();
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Show 14' }));
    const table = within(dialog).getByRole('table', { name: 'Records that are left alone' });
    expect(within(table).getByRole('row', { name: /L-20455/ }).textContent).toContain('Cold');
    expect(within(table).getByRole('row', { name: /L-20455/ }).textContent).toContain('o•••@example.com');
    expect(within(table).getByRole('row', { name: /^Owner/ }).textContent).toContain('Lin');
    expect(within(table).getByText('The record is not in the destination any more.')).toBeTruthy();
    expect(within(dialog).getByText('12 more')).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('does not blame anybody where the sync itself wrote again, and gives the reason its room', async () => {
    const host = fakeHost();
    const reason = 'Run 6 of this sync has written it again since.';
    host.answer('undo_look', ({ run }) => ({
      ...undoLook(run, 'Orders'),
      put_back: 0,
      delete: 0,
      leave_alone: 1,
      reasons: [{ reason, records: 1 }],
      waiting: 0,
      records: [{ event: '1', key: 'L-1', who: null, will: 'leave_alone', fields: [], reason }],
    }));
    const { dialog } = await ask(host);
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Show 1' }));
    expect(within(dialog).queryByText(/somebody/)).toBeNull();
    expect(within(dialog).queryByText(/not as the run left them/)).toBeNull();
    expect(within(dialog).getByText(`1: ${reason}`)).toBeTruthy();
    expect(within(dialog).getByText('None of them is undone')).toBeTruthy();
    const table = within(dialog).getByRole('table', { name: 'Records that are left alone' });
    expect(within(table).getByText(reason)).toBeTruthy();
    expect(within(table).queryByRole('columnheader', { name: 'Now' })).toBeNull();
  });

  it('groups the reasons with their numbers, right after the records, and shows no dashes for fields', async () => {
    const { dialog } = await ask();
    const reasons = await within(dialog).findByRole('list', { name: 'Why they are left alone' });
    expect(
      within(reasons)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual([
      '11: “Rating” was changed since the run.',
      '3: The record is not in the destination any more.',
    ]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Show 14' }));
    const table = within(dialog).getByRole('table', { name: 'Records that are left alone' });
    const heads = within(table)
      .getAllByRole('columnheader')
      .map(({ textContent }) => textContent);
    expect(heads.slice(0, 2)).toEqual(['Record', 'Why it stays']);
    expect(within(table).getByRole('row', { name: /L-20533/ }).textContent).toMatch(/any more\.–$/);
  });

  it('shows nothing as going away of a record that is left alone, and the first fields of a long one', async () => {
    const host = fakeHost();
    const field = (name: string) => ({
      name,
      now: '"new"',
      then: null,
      wrote: '"new"',
      left_alone: false,
      reason: null,
    });
    const fields = ['company', 'country', 'grade', 'score'].map(field);
    const reason = 'Run 6 of this sync has written it again since.';
    const record = { who: null, fields, reason: null };
    host.answer('undo_look', ({ run }) => ({
      ...undoLook(run, 'Orders'),
      put_back: 1,
      delete: 0,
      leave_alone: 1,
      reasons: [{ reason, records: 1 }],
      records: [
        { ...record, event: '1', key: 'L-1', will: 'leave_alone', reason },
        { ...record, event: '2', key: 'L-2', will: 'put_back' },
      ],
    }));
    const { dialog } = await ask(host);
    const table = await within(dialog).findByRole('table', { name: 'Record by record' });
    expect(within(dialog).getByText(/^1 of 2 are undone\. Tick records/)).toBeTruthy();
    expect(within(table).getByRole('row', { name: /L-1/ }).textContent).not.toContain('empty');
    const long = within(table).getByRole('row', { name: /L-2/ });
    expect(long.textContent).not.toContain('grade');
    await userEvent.click(within(long).getByRole('button', { name: 'Show 2 more fields' }));
    expect(long.textContent).toMatch(/grade.*score/);
  });

  it('can be tried again where a run was going on', async () => {
    const host = fakeHost();
    let going = true;
    host.answer('undo_look', ({ run }) => {
      if (going)
        throw problem({ kind: 'already_running', message: 'A run of this sync is going on.', fix: null });
      return undoLook(run, 'Orders');
    });
    const { dialog } = await ask(host);
    const again = await within(dialog).findByRole('button', { name: 'Try again' });
    going = false;
    await userEvent.click(again);
    expect(await within(dialog).findByRole('button', { name: 'Undo 2,532 records' })).toBeTruthy();
  });

  it('names no number before it has looked', async () => {
    const host = fakeHost();
    host.answer('undo_look', () => new Promise<never>(() => undefined));
    const { dialog } = await ask(host);
    expect(within(dialog).getByText(/^Comparing [\d,]+ records with /)).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Undo' })).toHaveProperty('disabled', true);
    expect(dialog.getAttribute('aria-label') ?? dialog.textContent).not.toMatch(/of Today/);
  });

  it('says record by record what it does, and undoes only those that are picked, found by a search', async () => {
    const { host, dialog } = await ask();
    expect(await within(dialog).findByText(/4,118 values in 5 fields/)).toBeTruthy();
    const table = await within(dialog).findByRole('table', { name: 'Record by record' });
    const changed = within(table).getByRole('row', { name: /L-20418/ });
    expect(changed.textContent).toMatch(/a•••@example\.com.*Put back.*Lead_Score__c 87.*61/);
    expect(within(table).getByRole('row', { name: /L-30001/ }).textContent).toMatch(/Kept$/);
    expect(within(table).getByRole('row', { name: /L-20533/ }).textContent).toMatch(/Left alone.*not in the/);
    expect(within(table).queryByRole('checkbox', { name: 'Undo only L-20533' })).toBeNull();
    await userEvent.type(within(dialog).getByRole('searchbox', { name: /Find a record/ }), '20418');
    await waitFor(() => expect(within(table).getAllByRole('row')).toHaveLength(2));
    expect(inputs(host, 'undo_look').at(-1)).toMatchObject({ search: '20418' });
    await userEvent.click(within(table).getByRole('checkbox', { name: 'Undo only L-20418' }));
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Undo 1 record' }));
    await waitFor(() => expect(inputs(host, 'undo')).toMatchObject([{ keys: [], events: ['1-1-0'] }]));
  });

  it('says that events can not be taken back, and leads to what was sent', async () => {
    const host = fakeHost();
    host.answer('undo_look', () => {
      throw problem({
        kind: 'can_not_undo',
        message: 'The run sent events. What was sent as an event can not be taken back.',
        fix: null,
      });
    });
    const { dialog } = await ask(host);
    expect(await within(dialog).findByText(/can not be taken back/)).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Show what was sent' }));
    await screen.findByRole('heading', { name: 'Live events' });
  });

  it('has nothing to press where nothing is to put back', async () => {
    const host = fakeHost();
    host.answer('undo_look', ({ run }) => ({
      ...undoLook(run, 'Orders'),
      put_back: 0,
      delete: 0,
      records: [],
    }));
    const { dialog } = await ask(host);
    expect(await within(dialog).findByText('There is nothing to put back.')).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Undo' })).toHaveProperty('disabled', true);
  });
});

describe('undo of one event', () => {
  const refused = () => {
    throw problem({
      kind: 'can_not_undo',
      message: 'What was sent as an event can not be taken back.',
      fix: null,
    });
  };
  async function ask(host: ReturnType<typeof fakeHost>) {
    renderWindow('/people?about=ana.ruiz%40example.com', host);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Undo Product usage, 14:47' }));
    return { user, dialog: await screen.findByRole('alertdialog', { name: 'Undo this record?' }) };
  }

  it('offers to send once more what was sent before it', async () => {
    const host = fakeHost();
    host.answer('undo_look', refused);
    const [entry] = personOf({ about: 'u_48213', cursor: null, limit: 1, reveal: false }).entries;
    const event = { ...(entry as PersonEntry).event, event: 'earlier' };
    host.answer('events', () => ({ events: [event], cursor: null, total: null }));
    const { user, dialog } = await ask(host);
    expect(await within(dialog).findByText(/can not be taken back/)).toBeTruthy();
    await user.click(
      await within(dialog).findByRole('button', { name: 'Send the earlier values once more…' }),
    );
    expect(inputs(host, 'events').at(-1)).toMatchObject({
      sync: 'Product usage',
      key: 'u_48213',
      statuses: ['delivered', 'accepted'],
      cursor: 'p44',
      limit: 1,
    });
    await user.click(await screen.findByRole('button', { name: 'Send it once more' }));
    await waitFor(() => expect(inputs(host, 'replay')).toMatchObject([{ event: 'earlier', payload: null }]));
  });

  it('says where nothing was sent before it', async () => {
    const host = fakeHost();
    host.answer('undo_look', refused);
    host.answer('events', () => ({ events: [], cursor: null, total: null }));
    const { dialog } = await ask(host);
    expect(
      await within(dialog).findByText(/Nothing that is kept was sent for this record before/),
    ).toBeTruthy();
    expect(await violations(dialog)).toEqual([]);
  });
});
