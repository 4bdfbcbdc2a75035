import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import type { Connection } from '@/api/bindings/Connection';
import type { SyncSave } from '@/api/bindings/SyncSave';
import { violations } from '@/test/axe';
import { catalogue, savedConnections } from '@/test/fake/catalogue';
import { definitionOf, savedSyncs } from '@/test/fake/syncs';
import { fakeHost } from '@/test/fake-host';
import { renderWindow } from '@/test/render';
import { heading, on } from '@/test/wizard';
import type { Sync } from '@/api/bindings/Sync';

const records = { type: 'record' as const, object: 'leads', match_field: 'lead_id' };

/** A program whose practice CRM takes records alone and has a connection, as a second RudderStack has. */
function host() {
  const made = fakeHost();
  const events = savedConnections[2] as Connection;
  made.answer('catalogue', () => ({
    ...catalogue,
    destinations: catalogue.destinations.map((kind) =>
      kind.id === 'practice' ? { ...kind, accepts: 'records' as const } : kind,
    ),
  }));
  made.answer('connections', () => [
    ...savedConnections.map((one) => ({ ...one, checked_ok: true })),
    { ...events, name: 'Other events' },
    { ...events, name: 'CRM', kind: 'practice' },
  ]);
  return made;
}

const saves = (made: ReturnType<typeof host>) =>
  made.calls.filter(({ command }) => command === 'sync_save').map(({ input }) => input as SyncSave);

const open = async (step: string, made = host()) => {
  const view = renderWindow(`/wizard/sync:Trial sign-ups/${step}`, made);
  await screen.findByRole('navigation', { name: 'Steps' });
  return { ...view, made, user: userEvent.setup() };
};
const toStep = async (user: ReturnType<typeof userEvent.setup>, name: RegExp) => {
  const steps = screen.getByRole('navigation', { name: 'Steps' });
  await waitFor(() =>
    expect(within(steps).getByRole('button', { name }).getAttribute('aria-disabled')).not.toBe('true'),
  );
  await user.click(within(steps).getByRole('button', { name }));
};
const said = async () =>
  (await screen.findByRole('region', { name: 'What saving this changes' })).textContent;
const keep = async (made: ReturnType<typeof host>, user: ReturnType<typeof userEvent.setup>) => {
  await user.click(await screen.findByRole('button', { name: 'Keep for later' }));
  await waitFor(() => expect(saves(made)).toHaveLength(1));
  return saves(made)[0];
};

describe('a saved sync', () => {
  test('goes to another destination, and says first that everything is sent there', async () => {
    const { user, made } = await open('destination');
    await user.click(await screen.findByRole('button', { name: 'Change destination' }));
    await user.click(await screen.findByRole('radio', { name: /Other events/ }));
    await user.keyboard(on);
    await screen.findByText(/RudderStack takes events/);
    await user.keyboard(on);
    await heading('Before the next run');
    await screen.findByText('Everything is sent again');
    await waitFor(async () =>
      expect(await said()).toMatch(
        /Other destination: all 48,045 rows are sent to Other events as new\.Nothing is removed in Kestrel events\./,
      ),
    );
    expect(await violations()).toEqual([]);
    expect(await keep(made, user)).toMatchObject({
      existing: 'Trial sign-ups',
      definition: { to: 'Other events', key: ['lead_id'], schedule: { type: 'every', minutes: 30 } },
    });
  });

  test('reads from another connection, with table, key and payload as they were', async () => {
    const { user, made } = await open('warehouse');
    await user.click(await screen.findByRole('radio', { name: /Billing replica/ }));
    await user.keyboard(on);
    await heading('Which rows?');
    await screen.findByText(/No duplicates and no nulls/);
    await toStep(user, /Review/);
    expect(await said()).toMatch(/^Other warehouse connection: /);
    expect(await keep(made, user)).toMatchObject({
      existing: 'Trial sign-ups',
      definition: {
        from: 'Billing replica',
        query: { type: 'table', name: 'lead_scores' },
        key: ['lead_id'],
        identifiers: { user_id: 'user_id', email: 'email' },
        fields: [{ key: 'lead_score' }],
      },
    });
  });

  test('tells what of the payload is not as it was saved, and puts it back', async () => {
    const { user } = await open('payload');
    const list = await screen.findByRole('region', { name: 'Not as saved' });
    within(list).getByText('all as saved');
    await user.click(await screen.findByRole('checkbox', { name: 'Send phone' }));
    await user.click(screen.getByRole('checkbox', { name: 'Send lead_score' }));
    expect(
      within(list)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(['phonesaved: not sent → now: phone', 'lead_scoresaved: lead_score → now: not sent']);
    expect(screen.getByRole('img', { name: 'phone was saved as: not sent' })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(within(list).getByRole('button', { name: 'Put lead_score back as saved' }));
    expect(within(list).getAllByRole('listitem')).toHaveLength(1);
    await screen.findByRole('button', { name: 'Undo: Put back lead_score' });
    await toStep(user, /Review/);
    await waitFor(async () => expect(await said()).toMatch(/Payload changed: .*phonesaved: not sent/));
  });

  test('reads another table, and keeps of the payload what that has too', async () => {
    const { user, made } = await open('table');
    await user.click(await screen.findByText('feature_store'));
    await screen.findByRole('heading', { name: /feature_store/ });
    await toStep(user, /Review/);
    expect(await said()).toMatch(/Other table: its rows are found by their key/);
    expect(await keep(made, user)).toMatchObject({
      existing: 'Trial sign-ups',
      definition: { query: { type: 'table', name: 'feature_store' } },
    });
  });

  test('gets another key, and only what becomes different is sent', async () => {
    const { user, made } = await open('table');
    await screen.findByText(/No duplicates and no nulls/);
    await user.click(screen.getByRole('button', { name: /lead_id.*Row key/ }));
    await user.click(await screen.findByRole('option', { name: 'email' }));
    await toStep(user, /Review/);
    await screen.findByText('Only records that become different are sent');
    expect(await said()).toMatch(/^Key changed: the next run finds rows by the old key once more/);
    expect(await keep(made, user)).toMatchObject({
      existing: 'Trial sign-ups',
      definition: { key: ['email'], from: 'Kestrel production', to: 'Kestrel events' },
    });
  });

  test('gets another schedule alone, and nothing is sent again', async () => {
    const { user } = await open('schedule');
    await user.click(await screen.findByRole('radio', { name: /Only when I press Sync now/ }));
    await toStep(user, /Review/);
    await screen.findByText('Nothing is sent again');
    expect(await said()).toBe('Only the schedule changed: nothing is sent again.');
  });
});

describe('a copy', () => {
  test('opens at the destination with everything copied, is a draft, and is written only when saved', async () => {
    const made = host();
    const { router } = renderWindow('/syncs/Trial sign-ups', made);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'More' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Duplicate…' }));
    await heading('Where should it go?');
    await screen.findByText('Trial sign-ups copy');
    expect(router.state.location.pathname).toMatch(/destination$/);
    expect(screen.queryByRole('radio', { checked: true })).toBeNull();
    await user.click(await screen.findByRole('radio', { name: /Other events/ }));
    await user.keyboard(on);
    await screen.findByText(/RudderStack takes events/);
    expect(screen.queryByText(/Not everything goes along/)).toBeNull();
    await waitFor(() =>
      expect(made.calls.filter(({ command }) => command === 'draft_save').at(-1)?.input).toMatchObject({
        title: 'Trial sign-ups copy',
        state: { existing: null, source: { key: ['lead_id'] } },
      }),
    );
    expect(saves(made)).toEqual([]);
    await user.keyboard(on);
    await heading('Before the first run');
    expect(screen.queryByRole('region', { name: 'What saving this changes' })).toBeNull();
    expect(await keep(made, user)).toMatchObject({
      existing: null,
      definition: {
        ...definitionOf('Trial sign-ups'),
        name: 'Trial sign-ups copy',
        to: 'Other events',
      },
    });
  });

  test('has a name nothing else has, and leaves no draft where nothing was chosen', async () => {
    const made = host();
    const [first] = savedSyncs;
    const named = (name: string) => ({ ...(first as Sync), definition: definitionOf(name) });
    made.answer('syncs', () => [named('Leads'), named('Leads copy'), named('Leads copy 2')]);
    made.answer('sync', named);
    const { router } = renderWindow('/wizard/copy:1:Leads/destination', made);
    await screen.findByText('Leads copy 3');
    await userEvent.click(screen.getByRole('button', { name: 'Save draft and close' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
    expect(made.calls.some(({ command }) => command === 'draft_save')).toBe(false);
  });

  test('of events for records says what does not go along, and offers the payload again', async () => {
    const made = host();
    made.answer('sync', (name) => ({
      ...(savedSyncs[2] as Sync),
      definition: definitionOf(name, {
        shape: { type: 'track', event_name: 'Lead scored', event_name_column: null },
      }),
    }));
    const { router } = renderWindow('/wizard/copy:1:Trial sign-ups/destination', made);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: /^CRM/ }));
    await user.keyboard(on);
    await screen.findByText('Not everything goes along to this destination.');
    expect(screen.getByText('Records have no event name, so “Lead scored” is not sent.')).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Shape the payload' }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/payload$/));
    await screen.findByText('Records have no event name, so “Lead scored” is not sent.');
    // What identified the person is a field now.
    const email = await screen.findByRole('checkbox', { name: 'Send email' });
    expect((email as HTMLInputElement).checked).toBe(true);
    await user.keyboard(on);
    await heading('When should it run?');
    await user.keyboard(on);
    await heading('Where should it go?');
    expect(screen.queryByText('Not everything goes along to this destination.')).toBeNull();
  });

  test('of records for events says so too, and asks who the person is by itself', async () => {
    const made = host();
    made.answer('sync', (name) => ({
      ...(savedSyncs[2] as Sync),
      definition: definitionOf(name, {
        to: 'CRM',
        shape: records,
        identifiers: {},
        mode: 'mirror',
        removed: 'delete',
      }),
    }));
    renderWindow('/wizard/copy:1:Trial sign-ups/destination', made);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: /Other events/ }));
    await user.keyboard(on);
    await screen.findByText(/so leads and lead_id stay behind/);
    expect(screen.getByText('RudderStack can not act on records whose rows are gone.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Shape the payload' }));
    const json = await screen.findByRole('region', { name: 'Payload of one row' });
    await waitFor(() => expect(json.textContent).toMatch(/"type": "identify"/));
    expect(screen.queryByText('Say which column identifies the person')).toBeNull();
    const draft = () =>
      made.calls.filter(({ command }) => command === 'draft_save').at(-1)?.input as { state: unknown };
    await waitFor(() =>
      expect(draft()).toMatchObject({ state: { source: { identifiers: { email: 'email' } } } }),
    );
  });

  test('for another destination of the same sort keeps object and match field', async () => {
    const made = host();
    made.answer('connections', () => [
      ...savedConnections,
      { ...(savedConnections[2] as Connection), name: 'CRM', kind: 'practice' },
    ]);
    made.answer('sync', (name) => ({
      ...(savedSyncs[2] as Sync),
      definition: definitionOf(name, { to: 'Old CRM', shape: records }),
    }));
    renderWindow('/wizard/copy:1:Trial sign-ups/destination', made);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: /^CRM/ }));
    await user.keyboard(on);
    expect(await screen.findByRole('button', { name: /Lead.*Object/ })).toBeTruthy();
    expect(screen.getByRole('button', { name: /Lead ID.*Match by/ })).toBeTruthy();
    expect(screen.queryByText(/Not everything goes along/)).toBeNull();
  });
});
