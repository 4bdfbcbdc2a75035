import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Connection } from '@/api/bindings/Connection';
import type { Plan } from '@/api/bindings/Plan';
import type { PlanGroup } from '@/api/bindings/PlanGroup';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import type { SyncNow } from '@/api/bindings/SyncNow';
import type { SyncSave } from '@/api/bindings/SyncSave';
import { violations } from '@/test/axe';
import { savedConnections } from '@/test/fake/catalogue';
import { preview } from '@/test/fake/payload';
import { planOf } from '@/test/fake/plan';
import { leadScores } from '@/test/fake/source';
import { definitionOf, savedSyncs } from '@/test/fake/syncs';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';
import { heading, on, toDestination, toPayload, toTable } from '@/test/wizard';

test('the sample is one press away, on an empty start and inside the wizard', async () => {
  const host = fakeHost({ first: true });
  renderWindow('/', host);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: /Try it with sample data/ }));
  await heading('Which rows?');
  await screen.findByText(/2 of 3 identifiers/);
  expect(host.calls.find(({ command }) => command === 'connection_save')?.input).toMatchObject({
    draft: { kind: 'sample' },
  });
});

test('by keyboard alone from the warehouse to a running sync that sends exactly what was shaped', async () => {
  const { user, host, router } = await toPayload();
  const grid = screen.getByRole('grid', { name: 'Columns and keys' });
  const cell = (column: string) => within(grid).getByRole('checkbox', { name: `Send ${column}` });
  cell('phone').focus();
  await user.keyboard(' ');
  await user.click(within(grid).getByRole('button', { name: /Key of company in the payload: company$/ }));
  await user.keyboard('{Control>}a{/Control}company.name{Enter}');
  await user.click(screen.getByRole('button', { name: 'Constant' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add a constant' });
  await user.type(within(dialog).getByRole('textbox', { name: /Key in the payload/ }), 'origin');
  await user.type(within(dialog).getByRole('textbox', { name: 'Value' }), 'warehouse{Enter}');
  await waitFor(() =>
    expect(screen.getByRole('region', { name: 'Payload of one row' }).textContent).toMatch(
      /"company": \{.*"name": "Kestrel Outdoor GmbH".*"origin": "warehouse"/,
    ),
  );
  expect(screen.getByRole('region', { name: 'Payload of one row' }).textContent).not.toMatch(/phone/);

  await user.keyboard(on);
  await heading('When should it run?');
  await user.click(screen.getByRole('radio', { name: /Every few minutes/ }));
  await screen.findByText('Every 30 minutes.');
  await user.keyboard(on);
  await heading('Where should it go?');
  await user.click(await screen.findByRole('radio', { name: /Kestrel events/ }));
  await user.keyboard(on);
  await screen.findByText(/RudderStack takes events/);
  await user.keyboard(on);
  await heading('Before the first run');
  await screen.findByRole('button', { name: /Sync 48,045 records/ });
  await user.keyboard(on);
  await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Lead scores'));

  const { definition, draft } = host.calls.find(({ command }) => command === 'sync_save')?.input as SyncSave;
  expect(definition).toMatchObject({
    name: 'Lead scores',
    from: 'Kestrel production',
    to: 'Kestrel events',
    key: ['lead_id'],
    shape: { type: 'identify' },
    identifiers: { email: 'email', user_id: 'user_id' },
    schedule: { type: 'every', minutes: 30 },
  });
  expect(draft).toBeTruthy();
  const fields = definition.fields ?? [];
  expect(fields.map(({ key }) => key)).toContain('company.name');
  expect(fields.map(({ key }) => key)).not.toContain('phone');
  expect(fields.at(-1)).toEqual({
    value: { type: 'constant', constant: 'warehouse' },
    key: 'origin',
    null: 'send',
    hash: null,
    mask: false,
    only_if_empty: false,
  });
  expect(
    host.calls.at(-1)?.command === 'sync_now' ||
      host.calls.some(
        ({ command, input }) =>
          command === 'sync_now' &&
          (input as SyncNow).approve &&
          !(input as SyncNow).review &&
          (input as SyncNow).planned === 'as-planned',
      ),
  ).toBe(true);
});

test('a rename is kept with Enter, dropped with Escape, and Tab goes on to the next key', async () => {
  const { user } = await toPayload();
  await user.click(screen.getByRole('button', { name: /Key of lead_score in the payload/ }));
  await user.keyboard('{Control>}a{/Control}score{Escape}');
  await screen.findByRole('button', { name: 'Key of lead_score in the payload: lead_score' });
  await user.click(screen.getByRole('button', { name: /Key of lead_score in the payload/ }));
  await user.keyboard('{Control>}a{/Control}score{Tab}');
  await screen.findByRole('button', { name: 'Key of lead_score in the payload: score' });
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Key of score_grade in the payload');
  await user.keyboard('{Control>}a{/Control}score{Enter}');
  await screen.findByText(/already used by another column/);
  await screen.findByText('1 key needs another name');
  await user.keyboard('{Control>}z{/Control}');
  await waitFor(() => expect(screen.queryByText(/already used by another column/)).toBeNull());
});

test('a failed connection test shows the reason, what is safe and the fix, and a way on without it', async () => {
  const host = fakeHost();
  renderWindow('/new', host);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('radio', { name: /Host, database/ }));
  await user.keyboard(on);
  await heading('Connect to PostgreSQL');
  await user.keyboard(on);
  await screen.findByText(/fields need you/);
  await user.click(screen.getByRole('textbox', { name: /Paste a URL/ }));
  await user.paste('postgres://SLUICE_READER:hush@db.example.com/shop');
  await screen.findByText(/Filled host, port, database, user and password/);
  await user.click(screen.getByRole('button', { name: /Test connection/ }));
  await screen.findByText('Stopped at step 5 of 6');
  const reason = await screen.findByText(/may not look into the schema/);
  expect(reason.closest('[role="alert"]')?.textContent).toMatch(/nothing was read.*GRANT USAGE ON SCHEMA/s);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Continue without a test' }));
  await heading('Which rows?');
  const saved = host.calls.find(({ command }) => command === 'connection_save')?.input;
  expect(saved).toMatchObject({
    passed: false,
    draft: { secrets: { password: 'hush' }, settings: { host: 'db.example.com', database: 'shop' } },
  });
  await waitFor(() => expect(host.calls.some(({ command }) => command === 'draft_save')).toBe(true));
  expect(JSON.stringify(host.calls.filter(({ command }) => command === 'draft_save'))).not.toContain('hush');
});

test('a draft comes back as it was left', async () => {
  const { user, host, router, unmount } = await toPayload();
  await user.click(screen.getByRole('button', { name: /Key of lead_score in the payload/ }));
  await user.keyboard('{Control>}a{/Control}score{Enter}');
  await user.click(screen.getByRole('button', { name: 'Save draft and close' }));
  await waitFor(() =>
    expect(JSON.stringify(host.calls.filter(({ command }) => command === 'draft_save').at(-1))).toContain(
      '"key":"score"',
    ),
  );
  const { id } = host.calls.filter(({ command }) => command === 'draft_save').at(-1)?.input as { id: string };
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  unmount();
  renderWindow(`/wizard/${id}/payload`, host);
  await screen.findByRole('button', { name: 'Key of lead_score in the payload: score' });
});

test('a draft goes on at the step where it was left, and claims none done that nobody saw', async () => {
  const { user, host, router, unmount } = await toTable();
  await user.click(await screen.findByText('lead_scores'));
  await screen.findByText(/No duplicates and no nulls/);
  await user.click(screen.getByRole('button', { name: 'Save draft and close' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  unmount();
  renderWindow('/', host);
  await user.click(await screen.findByRole('button', { name: 'Finish' }));
  await heading('Which rows?');
  expect(screen.getByRole('button', { name: /^Connection.*done/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^(Payload|Schedule).*done/ })).toBeNull();
});

test('rows that cannot be read say what happened and can be read again', async () => {
  const host = fakeHost();
  host.answer('source', () => {
    throw problem({ message: 'The table lead_scores is gone.', hint: 'Choose another table.' });
  });
  const { user } = await toTable(host);
  await user.click(await screen.findByText('lead_scores'));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toMatch(/The table lead_scores is gone.*Choose another table/s);
  await user.keyboard(on);
  await screen.findByText('The first rows could not be read');
  await heading('Which rows?');
});

test('a statement is shaped only once its own rows were read', async () => {
  const host = fakeHost();
  const { user } = await toTable(host);
  await user.click(await screen.findByText('lead_scores'));
  await screen.findByText(/No duplicates and no nulls/);
  host.answer('source', () => {
    throw problem({ message: 'There is no table “nowhere”.', hint: 'Correct the query.' });
  });
  await user.click(screen.getByRole('radio', { name: 'SQL' }));
  const statement = screen.getByRole('textbox', { name: /One SELECT statement/ });
  await user.type(statement, 'select * from nowhere');
  await user.click(screen.getByRole('button', { name: /^Read rows/ }));
  await screen.findByText(/There is no table “nowhere”/);
  await user.keyboard(on);
  await heading('Which rows?');

  host.answer('source', () => leadScores);
  await user.clear(statement);
  await user.type(statement, 'select * from lead_scores');
  await user.click(screen.getByRole('button', { name: /^Read rows/ }));
  await screen.findByText(/No duplicates and no nulls/);
  await user.type(statement, ' limit 5');
  await user.keyboard(on);
  await screen.findByText('Read the statement’s rows first');
  await heading('Which rows?');
});

test('personal data is said to be shown only where the user asked for it', async () => {
  const host = fakeHost();
  host.answer('payload_preview', (request) => ({ ...preview(request), masked: false }));
  await toPayload(host);
  await screen.findByText('No personal data found in this row');
  expect(screen.queryByText(/Personal data shown/)).toBeNull();
  expect(screen.queryByRole('button', { name: /^(Reveal|Mask)$/ })).toBeNull();
});

test('an empty table says so, and a sync of it can be set up all the same', async () => {
  const host = fakeHost();
  host.answer('source', () => ({ ...leadScores, rows: [], total_rows: 0 }));
  host.answer('key_check', () => ({ rows: 0, nulls: 0, duplicates: 0 }));
  host.answer('payload_preview', (request) => ({
    ...preview(request),
    rows: 0,
    exact: '',
    pretty: '',
    bytes: 0,
    masked: false,
  }));
  const { user } = await toTable(host);
  await user.click(await screen.findByText('lead_scores'));
  await screen.findByText('There are no rows to check yet');
  expect(screen.getByText(/nothing to preview. Set the sync up all the same/)).toBeTruthy();
  expect(screen.queryByText(/never empty|% empty|No duplicates/)).toBeNull();
  await user.keyboard(on);
  await heading('Shape the payload');
  await screen.findByText(/no rows yet, so there is nothing to preview/);
  expect(screen.queryByText(/Row 1|of 0|No problems|Personal data/)).toBeNull();
  await user.keyboard(on);
  await heading('When should it run?');
});

test('a table without identifiers asks which column plays the part', async () => {
  const { user } = await toTable();
  await user.click(await screen.findByText('daily_totals'));
  await screen.findByText('No identifier yet');
  await screen.findByText('Say which column identifies the person');
  expect(await violations()).toEqual([]);
});

async function toReview(host = fakeHost(), main = /Sync 48,045 records/) {
  const view = await toPayload(host);
  await view.user.keyboard(on);
  await heading('When should it run?');
  await view.user.click(screen.getByRole('radio', { name: /Every few minutes/ }));
  await screen.findByText('Every 30 minutes.');
  await view.user.keyboard(on);
  await heading('Where should it go?');
  await view.user.click(await screen.findByRole('radio', { name: /Kestrel events/ }));
  await view.user.keyboard(on);
  await screen.findByText(/RudderStack takes events/);
  await view.user.keyboard(on);
  await heading('Before the first run');
  await screen.findByRole('button', { name: main });
  return view;
}

test('a schedule by hand heads no list of next runs', async () => {
  const { user } = await toPayload();
  await user.keyboard(on);
  await heading('When should it run?');
  await user.click(screen.getByRole('radio', { name: /Every few minutes/ }));
  await screen.findByRole('heading', { name: 'Next 5 runs' });
  await user.click(screen.getByRole('radio', { name: /Only when I press Sync now/ }));
  await screen.findByText(/Nothing runs by itself/);
  expect(screen.queryByRole('heading', { name: 'Next 5 runs' })).toBeNull();
});

test('a destination that needs nothing says so', async () => {
  const { user } = await toPayload();
  await user.keyboard(on);
  await heading('When should it run?');
  await user.keyboard(on);
  await heading('Where should it go?');
  await user.click(await screen.findByRole('radio', { name: /Practice CRM/ }));
  const side = screen.getByRole('complementary', { name: 'Practice CRM' });
  expect(within(side).getByText(/Nothing: no account, no key and no network/)).toBeTruthy();
});

const planned = (host: ReturnType<typeof fakeHost>) =>
  host.calls.filter(({ command }) => command === 'plan').map(({ input }) => input);

test('rows become records of an object of a CRM that takes events as well', async () => {
  const { user, host } = await toDestination();
  // Before there is a destination, the preview matches by the row key.
  expect(host.calls.filter(({ command }) => command === 'payload_preview').at(-1)?.input).toMatchObject({
    definition: { shape: { type: 'record', match_field: 'lead_id' } },
  });
  await user.click(await screen.findByRole('radio', { name: /Practice CRM/ }));
  await user.keyboard(on);
  await screen.findByText(/Practice CRM takes records/);
  expect(await screen.findByRole('button', { name: /Contact.*Object/ })).toBeTruthy();
  expect(screen.getByRole('button', { name: /Email.*Match by/ })).toBeTruthy();
  expect(await screen.findByRole('grid', { name: 'Fields' })).toBeTruthy();
  expect(screen.getByText('Required field open: Full name')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: /Accept 1 suggestion/ }));
  // The destination would refuse every record with a field it does not know.
  await user.keyboard(on);
  await waitFor(() =>
    expect(screen.getAllByText(/keys of the payload are no fields of Contact/)).toHaveLength(2),
  );
  await heading('Where should it go?');
  await user.click(screen.getByRole('button', { name: 'Leave them out' }));
  await user.keyboard(on);
  await heading('Before the first run');
  expect(planned(host).at(-1)).toMatchObject({
    definition: { shape: { type: 'record', object: 'contacts', match_field: 'email' } },
  });
});

async function toFieldsOf(host = fakeHost()) {
  const view = await toDestination(host);
  await view.user.click(await screen.findByRole('radio', { name: /Practice CRM/ }));
  await view.user.keyboard(on);
  const grid = await screen.findByRole('grid', { name: 'Fields' });
  return { ...view, grid };
}

test('suggestions are taken one by one or not at all, and a required field stops one by name', async () => {
  const { user, grid, host } = await toFieldsOf();
  await user.click(await within(grid).findByRole('button', { name: 'Accept full_name for Full name' }));
  await waitFor(() => expect(screen.queryByText('Required field open: Full name')).toBeNull());
  expect(host.calls.filter(({ command }) => command === 'mapping_check').at(-1)?.input).toMatchObject({
    definition: { fields: expect.arrayContaining([expect.objectContaining({ key: 'name' })]) as unknown },
    object: { name: 'contacts' },
  });
  expect(screen.queryByRole('button', { name: /Accept \d suggestion/ })).toBeNull();
  await user.click(screen.getByRole('radio', { name: /Sent/ }));
  expect(within(grid).getByText('Full name')).toBeTruthy();
  expect(within(grid).queryByText('External ID')).toBeNull();
});

test('values a pick list does not have are shown before anything is sent, with how many rows have them', async () => {
  const { user, grid } = await toFieldsOf();
  await user.click(within(grid).getByRole('button', { name: /Filled from: Rating/ }));
  await user.click(await screen.findByRole('option', { name: /score_grade/ }));
  await within(grid).findByText(/not in list/);
  await user.click(within(grid).getByText('Rating'));
  const side = await screen.findByRole('complementary', { name: 'Field' });
  expect(within(side).getByText(/is not in the list of Rating: \d+ of the 100 sample rows/)).toBeTruthy();
  expect(within(side).getByRole('table', { name: 'Examples' })).toBeTruthy();
  expect(within(side).getByText('In the list:').textContent).toMatch(/Hot, Warm, Cold/);
  await user.click(within(side).getByRole('button', { name: 'Close the field' }));
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Field' })).toBeNull());
});

test('a field is filled only if it is empty, and hashed, where the user says so', async () => {
  const { user, grid, host } = await toFieldsOf();
  await user.click(within(grid).getByRole('checkbox', { name: 'Fill Company only if it is empty' }));
  await user.click(within(grid).getByText('Company'));
  const side = await screen.findByRole('complementary', { name: 'Field' });
  expect(
    (within(side).getByRole('checkbox', { name: /only if it is empty there/ }) as HTMLInputElement).checked,
  ).toBe(true);
  await user.click(within(side).getByRole('button', { name: /How Company is sent/ }));
  await user.click(await screen.findByRole('option', { name: 'Hashed' }));
  await within(side).findByText(/SHA-256 of the text without/);
  await waitFor(() =>
    expect(host.calls.filter(({ command }) => command === 'mapping_check').at(-1)?.input).toMatchObject({
      definition: {
        fields: expect.arrayContaining([
          expect.objectContaining({ key: 'company', hash: 'text', only_if_empty: true }),
        ]) as unknown,
      },
    }),
  );
});

test('what a destination can not do is named with the reason, and can not be chosen', async () => {
  const { user } = await toDestination();
  await user.click(await screen.findByRole('radio', { name: /JSON lines or CSV/ }));
  await user.keyboard(on);
  await user.type(await screen.findByRole('textbox', { name: /Folder/ }), '/home/ana/exports');
  await user.click(screen.getByRole('button', { name: /Test connection/ }));
  await user.click(await screen.findByRole('button', { name: /^Continue/ }));
  await user.click(await screen.findByRole('button', { name: /What to do/ }));
  const only = await screen.findByRole('option', { name: /Only update what exists/ });
  expect(only.getAttribute('aria-disabled')).toBe('true');
  expect(only.textContent).toMatch(/File can not say which records exist/);
});

test('a template is put together from columns, and sent as one key', async () => {
  const { user, host } = await toPayload();
  await user.click(screen.getByRole('button', { name: 'Template' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add a template' });
  await user.type(within(dialog).getByRole('textbox', { name: /Key in the payload/ }), 'label');
  await user.type(within(dialog).getByRole('textbox', { name: 'Template' }), '{{company} ({{gone}){Enter}');
  await within(dialog).findByText('The rows have no column “gone”.');
  await user.clear(within(dialog).getByRole('textbox', { name: 'Template' }));
  await user.type(within(dialog).getByRole('textbox', { name: 'Template' }), '{{company}!{Enter}');
  await waitFor(() =>
    expect(host.calls.filter(({ command }) => command === 'payload_preview').at(-1)?.input).toMatchObject({
      definition: {
        fields: expect.arrayContaining([
          expect.objectContaining({ key: 'label', value: { type: 'template', template: '{company}!' } }),
        ]) as unknown,
      },
    }),
  );
});

test('a file takes records of any fields, found again by the row key', async () => {
  const { user, host } = await toDestination();
  await user.click(await screen.findByRole('radio', { name: /JSON lines or CSV/ }));
  await user.keyboard(on);
  expect(await screen.findByText(/Nothing here is secret/)).toBeTruthy();
  expect(screen.queryByText(/Paste|keychain/)).toBeNull();
  await user.type(await screen.findByRole('textbox', { name: /Folder/ }), '/home/ana/exports');
  await user.click(screen.getByRole('button', { name: /Test connection/ }));
  await user.click(await screen.findByRole('button', { name: /^Continue/ }));
  await screen.findByText(/File takes records/);
  const saved = host.calls.filter(({ command }) => command === 'connection_save').at(-1)?.input;
  expect(saved).toMatchObject({ passed: true });
  expect(await screen.findByRole('button', { name: /lead_id.*Match by/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: /Object/ })).toBeNull();
  expect(screen.queryByRole('grid', { name: 'Fields' })).toBeNull();
  await user.keyboard(on);
  await heading('Before the first run');
  expect(planned(host).at(-1)).toMatchObject({
    definition: { shape: { type: 'record', object: 'rows', match_field: 'lead_id' } },
  });
});

test('a saved sync that is changed to send records is not reviewed before it says which', async () => {
  const host = fakeHost();
  host.answer('connections', () => [
    ...savedConnections,
    { ...(savedConnections[2] as Connection), name: 'Practice CRM', kind: 'practice' },
  ]);
  host.answer('sync', (name) => ({
    ...(savedSyncs[2] as Sync),
    definition: definitionOf(name, { to: 'Practice CRM' }),
  }));
  renderWindow('/wizard/sync:Lead scores/payload', host);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('radio', { name: 'Record' }));
  const steps = screen.getByRole('navigation', { name: 'Steps' });
  await waitFor(() =>
    expect(
      within(steps)
        .getByRole('button', { name: /Review/ })
        .getAttribute('aria-disabled'),
    ).toBe('true'),
  );
  await user.click(within(steps).getByRole('button', { name: /Destination/ }));
  expect(await screen.findByRole('button', { name: /Email.*Match by/ })).toBeTruthy();
});

test('before a run one sees which fields would be emptied, in which records', async () => {
  const { user, router } = await toReview();
  expect(screen.getByText('1.2 GB processed, about $0.01 at list price')).toBeTruthy();
  const list = screen.getByRole('grid', { name: 'Changed' });
  const all = within(list).getAllByRole('row').length;
  const told = await screen.findByText(/^Of the first 40: .* emptied\.$/);
  expect(told.closest('div')?.textContent).toMatch(/null now/);
  const found = Number(/: (\d+) records would have /.exec(told.textContent)?.[1]);
  await user.click(screen.getByRole('button', { name: `Show ${String(found)}` }));
  expect(within(list).getAllByRole('row').length).toBe(found + 1);
  expect(all).toBeGreaterThan(found + 1);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Choose another rule' }));
  await waitFor(() => expect(router.state.location.pathname).toMatch(/payload$/));
});

test('one record is sent as a test, shown with its answer, and the schedule waits until one is done', async () => {
  const { user, host, router } = await toReview(fakeHost({ events: 6 }));
  const plans = () => host.calls.filter(({ command }) => command === 'plan').map(({ input }) => input);
  const { records } = planOf((plans()[0] as { definition: SyncDefinition }).definition);
  const chosen = records.filter(({ change }) => change === 'changed')[1];
  const [, , second] = within(screen.getByRole('grid', { name: 'Changed' })).getAllByRole('row');
  await user.click(second as HTMLElement);
  await user.click(screen.getByRole('button', { name: 'Send 1 record as a test' }));
  await screen.findByRole('region', { name: 'Answer for this record' });
  expect(screen.getByText(/the run sends the rest/)).toBeTruthy();
  expect(await violations()).toEqual([]);
  const saves = () =>
    host.calls.filter(({ command }) => command === 'sync_save').map(({ input }) => input as SyncSave);
  expect(saves()).toMatchObject([
    { existing: null, definition: { name: 'Lead scores', schedule: { type: 'manual' } }, draft: null },
  ]);
  expect(host.calls.find(({ command }) => command === 'sync_test')?.input).toEqual({
    sync: 'Lead scores',
    record: chosen?.record,
  });
  // What was tested counts: it is compared with it.
  await waitFor(() => expect(plans().at(-1)).toMatchObject({ sync: 'Lead scores' }));
  await user.click(screen.getByRole('button', { name: 'Close the test' }));
  await user.click(await screen.findByRole('button', { name: /Sync 48,045 records/ }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Lead scores'));
  expect(saves()[1]).toMatchObject({
    existing: 'Lead scores',
    definition: { schedule: { type: 'every', minutes: 30 } },
  });
});

test('what was planned is sent, and every record can be compared before', async () => {
  const host = fakeHost();
  host.answer('plan', ({ definition }) => ({ ...planOf(definition as SyncDefinition), reads: true }));
  const { user, router } = await toReview(host);
  await user.click(screen.getByRole('button', { name: 'Compare every record' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Lead scores/held'));
  const saved = host.calls.find(({ command }) => command === 'sync_save')?.input;
  expect(saved).toMatchObject({
    definition: { name: 'Lead scores', schedule: { type: 'every', minutes: 30 } },
  });
  expect(host.calls.find(({ command }) => command === 'sync_now')?.input).toEqual({
    sync: 'Lead scores',
    full: false,
    approve: false,
    review: true,
    planned: null,
  });
});

const comparedWith = (groups: readonly PlanGroup[], counts: Partial<Plan> = {}) => {
  const host = fakeHost();
  host.answer('plan', ({ definition }) => {
    const plan = planOf(definition as SyncDefinition);
    const records = plan.records.slice(0, groups.length).map((record, place) => ({
      ...record,
      change: 'added' as const,
      group: groups[place] ?? null,
      refused: groups[place] === 'fail' ? ['“email” is no e-mail address.'] : [],
    }));
    return { ...plan, records, reads: true, changed: 0, ...counts };
  });
  return host;
};

test('what would be refused is said first, and can be looked at alone', async () => {
  const { user } = await toReview(comparedWith(['create', 'fail', 'create', 'fail']));
  expect(await screen.findByText('2 of the 4 compared would be refused.')).toBeTruthy();
  expect(screen.getByText(/^The others are sent/)).toBeTruthy();
  expect(screen.getByRole('radio', { name: /^New/ }).closest('label')?.textContent).toContain('44,172');
  await user.click(screen.getByRole('button', { name: 'Show 2' }));
  const refused = within(screen.getByRole('grid', { name: 'Would be refused' }));
  expect(refused.getAllByRole('row')).toHaveLength(3);
  expect(refused.getByRole('columnheader', { name: 'Why' })).toBeTruthy();
  expect(refused.getAllByText('“email” is no e-mail address.')).toHaveLength(2);
  // Not all were compared, so nobody knows how many arrive.
  expect(screen.getByRole('button', { name: /^Sync 48,045 records/ })).toBeTruthy();
  expect(await violations()).toEqual([]);
});

const allCompared = (groups: readonly PlanGroup[]) => {
  const n = groups.length;
  return comparedWith(groups, { read: n, added: n, invalid: 0, waiting: n });
};

test('the button counts what is taken, where every record was compared', async () => {
  await toReview(allCompared(['create', 'fail', 'create', 'fail']), /^Sync 2 records/);
  expect(screen.getByText('2 + 0 + 0 + 2 + 0')).toBeTruthy();
});

test('where all would be refused, it is said so, and syncing is not what is offered first', async () => {
  await toReview(allCompared(['fail', 'fail']), /^Save sync/);
  expect(await screen.findByText('2 of the 2 compared would be refused.')).toBeTruthy();
  expect(screen.getByText('They are kept with their reason.')).toBeTruthy();
  expect(screen.getByRole('grid', { name: 'Would be refused' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Sync anyway' })).toBeTruthy();
});

test('what is already so is said first, and a search tells that it looks at the listed ones alone', async () => {
  const { user, router } = await toReview(comparedWith(['same', 'same']));
  expect(await screen.findByText(/^Of the 2 compared, 2 are already so in /)).toBeTruthy();
  expect(screen.getByText(/^Nothing has been sent yet\./)).toBeTruthy();
  await user.click(screen.getByRole('searchbox'));
  await user.paste('LEAD-04999');
  expect(screen.getByText(/Nothing here matches.*Only the first 2 are listed/)).toBeTruthy();
  const [, here] = screen.getAllByRole('button', { name: 'Compare every record' });
  await user.click(here as HTMLElement);
  await waitFor(() => expect(router.state.location.pathname).toBe('/syncs/Lead scores/held'));
});

test('a test that can not be sent says why', async () => {
  const host = fakeHost();
  host.answer('sync_test', () => {
    throw problem({ message: 'There is no record to test with.', hint: 'Change a row.' });
  });
  const { user } = await toReview(host);
  await user.click(screen.getByRole('button', { name: 'Send 1 record as a test' }));
  expect((await screen.findByRole('alert')).textContent).toMatch(/no record to test with.*Change a row/s);
  expect(screen.getByRole('button', { name: 'Send 1 record as a test' })).toBeTruthy();
});

test('a sync without a destination is kept, and says so', async () => {
  const { user, host } = await toPayload();
  await user.keyboard(on);
  await heading('When should it run?');
  await user.keyboard(on);
  await heading('Where should it go?');
  await user.click(screen.getByRole('button', { name: 'Decide later' }));
  await heading('Before the first run');
  expect((await screen.findAllByText(/has no destination yet/)).length).toBeGreaterThan(0);
  await user.click(screen.getByRole('button', { name: /Save sync/ }));
  await waitFor(() =>
    expect(host.calls.find(({ command }) => command === 'sync_save')?.input).toMatchObject({
      definition: { to: null },
    }),
  );
});
