import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { Providers, newQueryClient } from '@/app/providers';
import { asLastSent, changesOf, renewed } from '@/features/people/history';
import { readAbout } from '@/features/people/about';
import { PeopleScreen } from '@/features/people/PeopleScreen';
import { text } from '@/features/people/text';
import { setHost } from '@/host';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { personOf } from '@/test/fake/person';
import { runOf } from '@/test/fake/syncs';
import { undoLook } from '@/test/fake/undo';
import { renderWindow } from '@/test/render';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);

const ana = 'ana.ruiz@example.com';

async function open(about = ana, host = fakeHost({ events: 5000 })) {
  const view = renderWindow(`/people?about=${encodeURIComponent(about)}`, host);
  const line = await screen.findByRole('region', { name: 'History' });
  const entries = () => [...line.querySelectorAll<HTMLElement>('ol > li')];
  return { ...view, line, entries, user: userEvent.setup() };
}

const entryOf = (entries: HTMLElement[], word: RegExp) =>
  entries.find((entry) => word.test(entry.textContent)) as HTMLElement;

/** Everything a title, a name or a description could tell beside the text. */
const attributes = () =>
  [...document.querySelectorAll('main *')].flatMap((node) =>
    ['title', 'aria-label', 'aria-description', 'alt', 'data-value'].map(
      (name) => node.getAttribute(name) ?? '',
    ),
  );

describe('people, nobody looked at yet', () => {
  it('says what can be searched, without an accessibility violation', async () => {
    renderWindow('/people');
    const field = await screen.findByRole('textbox', { name: 'E-mail, user id, anonymous id or key' });
    expect(document.activeElement).toBe(field);
    expect(screen.getByText(/Exactly as it was sent/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('is reached from the sidebar, and Enter finds a person', async () => {
    const { host, router } = renderWindow('/');
    const user = userEvent.setup();
    const places = await screen.findByRole('navigation', { name: 'Main' });
    const links = within(places)
      .getAllByRole('link')
      .map((link) => link.textContent);
    expect(links.slice(1, 4)).toEqual(['Live events', 'People', 'Connections']);
    await user.click(within(places).getByRole('link', { name: 'People' }));
    await screen.findByRole('textbox', { name: 'E-mail, user id, anonymous id or key' });
    await user.keyboard('  u_48213 {Enter}');
    await screen.findByRole('region', { name: 'History' });
    expect(router.state.location.search).toEqual({ about: 'u_48213' });
    expect(inputs(host, 'person')).toEqual([{ about: 'u_48213', cursor: null, limit: 50, reveal: false }]);
  });

  it('is reached from the palette', async () => {
    const { router } = renderWindow('/');
    const user = userEvent.setup();
    await screen.findByRole('table', { name: 'Syncs' });
    await user.keyboard('{Control>}k{/Control}people{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/people'));
  });

  it('takes an identifier of digits alone, and an address that says nothing', () => {
    expect(readAbout({ about: 48213 })).toEqual({ about: '48213' });
    expect(readAbout({ about: '' })).toEqual({});
    expect(readAbout({ about: ['x'] })).toEqual({});
  });
});

describe('people, one person', () => {
  it('has no accessibility violation', async () => {
    await open();
    expect(await violations()).toEqual([]);
  });

  it('tells when, by which sync, where to, in which run, how it ended, and what changed', async () => {
    const { entries } = await open();
    const newest = entries()[0] as HTMLElement;
    expect(within(newest).getByRole('heading', { level: 3 }).textContent).toBe(
      'Lead ratings to Practice CRM, leads',
    );
    expect(within(newest).getByRole('img', { name: 'Delivered' })).toBeTruthy();
    expect(newest.textContent).toMatch(/^14:53/);
    expect(newest.textContent).toMatch(/Changed row, delivered and confirmed\. Run 101 Answer 200/);
    const row = within(newest).getByRole('row', { name: /^rating/ });
    expect(row.textContent).toBe('ratingWarmHot');
    expect(row.querySelector('s')?.textContent).toBe('Warm');
  });

  it('names each kind of identifier once, whatever the number of its values', async () => {
    const host = fakeHost({ events: 5000 });
    host.answer('person', (request) => ({
      ...personOf(request),
      names: [
        ['email', 'a•••@example.com'],
        ['key', 'L-20418'],
        ['email', 'a•••@example.com'],
        ['email', 'r•••@example.com'],
      ],
    }));
    await open(ana, host);
    const [email, ...others] = screen.getAllByText('E-mail', { selector: 'dt' });
    expect(others).toEqual([]);
    expect(email?.nextElementSibling?.textContent).toBe('a•••@example.comr•••@example.com');
  });

  it('shows what changed alone, no value as “empty”, and every field on demand', async () => {
    const { entries, user } = await open();
    const newest = entries()[0] as HTMLElement;
    expect(within(newest).queryByRole('row', { name: /^employees/ })).toBeNull();
    expect(within(newest).getByRole('row', { name: /^phone/ }).textContent).toMatch(/empty$/);
    await user.click(within(newest).getByRole('button', { name: 'Show all 7 fields' }));
    expect(within(newest).getByRole('row', { name: /^employees/ }).textContent).toBe('employees240as before');
    expect(within(newest).getAllByText('Before: as it stood in Practice CRM').length).toBeGreaterThan(0);
    const usage = entries()[1] as HTMLElement;
    await user.click(within(usage).getByRole('button', { name: 'Show all 2 fields' }));
    expect(within(usage).getAllByText(/not looked up there/).length).toBeGreaterThan(0);
  });

  it('groups by day, newest first', async () => {
    const { line } = await open();
    const days = within(line)
      .getAllByRole('heading', { level: 2 })
      .map((day) => day.textContent);
    expect(days).toHaveLength(3);
    expect(days[0]).toMatch(/^Today, /);
    expect(days[1]).not.toMatch(/Today/);
    expect(screen.getByText('Nothing older is kept')).toBeTruthy();
  });

  it('does not tell the values of a rejected record as changes', async () => {
    const { entries, user } = await open();
    const rejected = entryOf(entries(), /The destination refused this record/);
    expect(within(rejected).getByRole('img', { name: 'Rejected' })).toBeTruthy();
    expect(within(rejected).queryByRole('table')).toBeNull();
    await user.click(within(rejected).getByRole('button', { name: 'Show the field' }));
    expect(within(rejected).getByRole('row', { name: /^company/ }).textContent).toMatch(/empty text$/);
    expect(rejected.querySelector('s')).toBeNull();
  });

  it('says of a run that takes another back what it put back, and of that one that it is undone', async () => {
    const { entries } = await open();
    const back = entryOf(entries(), /^10:02/);
    expect(within(back).getByRole('heading').textContent).toBe('Undone by you in Practice CRM, leads');
    expect(back.textContent).toMatch(/Run of .+ 08:30\. Values put back as they were before it\./);
    expect(entryOf(entries(), /^08:30/).textContent).toMatch(/Undone 10:02/);
  });

  it('shows the person as last sent to each destination, and how often that was', async () => {
    await open();
    const side = screen.getByRole('region', { name: 'Person' });
    expect(side.textContent).toMatch(/Times sent5, rejected once/);
    expect(side.textContent).toMatch(/User IDu_48213/);
    const records = within(side).getAllByRole('article');
    expect(records.map((one) => within(one).getByRole('heading').textContent)).toEqual([
      'Practice CRM, leads',
      'Kestrel events, identify',
      'Exports, rows',
    ]);
    expect(records[0]?.textContent).toMatch(/lead_score87ratingHot/);
  });
});

describe('people, masked', () => {
  it('is masked until asked, everywhere, and again on demand', async () => {
    const { user, host } = await open();
    expect(document.querySelector('main')?.textContent).not.toContain('ana.ruiz');
    expect(attributes().join(' ')).not.toContain('ana.ruiz');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/a•••@example\.com$/);

    await user.click(screen.getByRole('button', { name: 'Show values' }));
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toContain(ana));
    const arabic = screen.getAllByText('آنا رويز').map((value) => value.getAttribute('dir'));
    expect(arabic).toEqual(['auto', 'auto']);
    expect(inputs(host, 'person').at(-1)).toMatchObject({ about: ana, reveal: true });

    await user.click(screen.getByRole('button', { name: 'Mask again' }));
    await waitFor(() => expect(document.querySelector('main')?.textContent).not.toContain('ana.ruiz'));
    expect(screen.getByRole('button', { name: 'Show values' })).toBeTruthy();
  });

  it('reveals as many entries as were on screen', async () => {
    const { user, host, entries } = await open('many@example.com');
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    await waitFor(() => expect(entries()).toHaveLength(86));
    await user.click(screen.getByRole('button', { name: 'Show values' }));
    await waitFor(() => expect(inputs(host, 'person').at(-1)).toMatchObject({ reveal: true, limit: 86 }));
  });

  it('masks the next person again', async () => {
    const { user, host } = await open();
    await user.click(screen.getByRole('button', { name: 'Show values' }));
    await screen.findByRole('button', { name: 'Mask again' });
    await user.type(screen.getByRole('searchbox', { name: 'Find another person' }), 'L-20418{Enter}');
    await waitFor(() =>
      expect(inputs(host, 'person').at(-1)).toMatchObject({ about: 'L-20418', reveal: false }),
    );
    expect(await screen.findByRole('button', { name: 'Show values' })).toBeTruthy();
  });
});

describe('people, filters', () => {
  it.each([
    ['Changes', 5, /^14:53/],
    ['Rejected', 1, /^09:12/],
    ['Undone', 2, /^10:02/],
  ])('%s', async (name, shown, first) => {
    const { entries, user } = await open();
    expect(entries()).toHaveLength(6);
    await user.click(screen.getByRole('radio', { name }));
    expect(entries()).toHaveLength(shown);
    expect(entries()[0]?.textContent).toMatch(first);
    expect(screen.getByText(`${String(shown)} of 6 entries`)).toBeTruthy();
    await user.click(screen.getByRole('radio', { name: 'Everything' }));
    expect(entries()).toHaveLength(6);
  });

  it('by destination, by one sync, and says when nothing is like that', async () => {
    const { entries, user } = await open();
    await user.click(screen.getByRole('button', { name: 'To all' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Kestrel events' }));
    expect(entries()).toHaveLength(1);
    await user.click(screen.getByRole('radio', { name: 'Undone' }));
    expect(await screen.findByText('Nothing here is like that')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show everything' }));
    await user.click(screen.getByRole('button', { name: 'More: Trial sign-ups, 08:31' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Only this sync' }));
    expect(entries()).toHaveLength(1);
    expect(entries()[0]?.textContent).toMatch(/Trial sign-ups/);
    await user.click(screen.getByRole('button', { name: 'Remove the filter Sync' }));
    expect(entries()).toHaveLength(6);
  });

  it('shows older entries as long as there are some', async () => {
    const { entries, user } = await open('many@example.com');
    const person = screen.getByRole('region', { name: 'Person' }).textContent;
    expect(screen.getByText(/^86 entries since/)).toBeTruthy();
    expect(person).toMatch(/Times sent85, rejected once/);
    expect(person).toMatch(/By syncProduct usage 81Lead ratings 4Trial sign-ups 1/);
    expect(entries()).toHaveLength(50);
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    await waitFor(() => expect(entries()).toHaveLength(86));
    expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull();
  });
});

describe('people, when something changes', () => {
  const later = (entry: PersonEntry): PersonEntry => ({
    ...entry,
    event: { ...entry.event, event: 'new', at: new Date().toISOString() },
  });

  it('reads only the newest entries again, once for all that changed, and keeps the older ones', async () => {
    const { host, entries, user } = await open('many@example.com');
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    await waitFor(() => expect(entries()).toHaveLength(86));
    const before = inputs(host, 'person').length;
    host.answer('person', (request) => {
      const page = personOf({ ...request, limit: 49 });
      const [first] = page.entries;
      return { ...page, entries: [later(first as PersonEntry), ...page.entries] };
    });
    act(() => {
      for (let n = 0; n < 5; n += 1) host.push({ type: 'changed' });
    });
    await waitFor(() => expect(entries()).toHaveLength(87), { timeout: 20_000 });
    expect(inputs(host, 'person').slice(before)).toEqual([
      { about: 'many@example.com', cursor: null, limit: 50, reveal: false },
    ]);
  });

  it('begins anew where more is new than is read at once', () => {
    const entriesOf = (...ids: string[]) =>
      ids.map((event) => ({ event: { event } }) as unknown as PersonEntry);
    const known = { names: [], entries: entriesOf('3', '2', '1'), cursor: '1', totals: null, masked: true };
    const ids = (newest: PersonEntry[], cursor: string | null) =>
      renewed(known, { ...known, entries: newest, cursor }).entries.map(({ event }) => event.event);
    expect(ids(entriesOf('4', '3'), '3')).toEqual(['4', '3', '2', '1']);
    expect(ids(entriesOf('6', '5'), '5')).toEqual(['6', '5']);
    expect(ids(entriesOf('4', '3'), null)).toEqual(['4', '3']);
  });
});

describe('people, one entry', () => {
  const more = async (user: ReturnType<typeof userEvent.setup>, entry: RegExp, action: string) => {
    await user.click(screen.getByRole('button', { name: entry }));
    await user.click(await screen.findByRole('menuitem', { name: action }));
  };

  it('asks before it sends a record again, first focus on what loses nothing', async () => {
    const { host, user } = await open();
    await more(user, /^More: Lead ratings, 14:53/, 'Send once more or corrected…');
    const question = await screen.findByRole('alertdialog', { name: 'Send this record once more?' });
    expect(question.textContent).toMatch(/The values of Today 14:53 go to Practice CRM, leads once more/);
    expect(document.activeElement?.textContent).toBe('Keep as it is');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(inputs(host, 'replay')).toEqual([]);

    await more(user, /^More: Lead ratings, 14:53/, 'Send once more or corrected…');
    await user.click(await screen.findByRole('button', { name: 'Send it once more' }));
    expect(await screen.findByText('Sending 1 record again')).toBeTruthy();
    expect(inputs(host, 'replay')).toEqual([{ event: 'p101', payload: null }]);
    expect(screen.queryByRole('alertdialog')).toBeNull();
    await waitFor(() => expect(inputs(host, 'person').length).toBeGreaterThan(1));
  });

  it('asks without an accessibility violation', async () => {
    const { user } = await open();
    await more(user, /^More: Lead ratings, 14:53/, 'Send once more or corrected…');
    expect(await violations(await screen.findByRole('alertdialog'))).toEqual([]);
  });

  it('says in the question why a record was not sent again', async () => {
    const { host, user } = await open();
    host.answer('replay', () => {
      throw problem({ message: 'The sync has no destination any more.' });
    });
    await more(user, /^More: Lead ratings, 14:53/, 'Send once more or corrected…');
    await user.click(await screen.findByRole('button', { name: 'Send it once more' }));
    const question = screen.getByRole('alertdialog');
    expect((await within(question).findByRole('alert')).textContent).toMatch(/no destination any more/);
  });

  it('shows what was sent, what stood there before and what was answered, without leaving the person', async () => {
    const { host, user } = await open();
    await more(user, /^More: Lead ratings, 14:53/, 'See request and answer');
    const dialog = await screen.findByRole('dialog', { name: 'Lead ratings, Today 14:53' });
    const [sent] = await within(dialog).findAllByRole('region', { name: 'Sent' });
    expect(sent?.textContent).toMatch(/POST .*"properties\.rating": "Hot"/s);
    expect(within(dialog).getAllByRole('region', { name: 'Before' })[0]?.textContent).toMatch(/"Warm"/);
    expect(within(dialog).getAllByRole('region', { name: 'Answer' }).length).toBeGreaterThan(0);
    expect(dialog.textContent).not.toContain('ana.ruiz');
    expect(await violations(dialog)).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Reveal this event' }));
    await waitFor(() => expect(dialog.textContent).toContain('ana.ruiz'));
    await user.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(inputs(host, 'event').at(-1)).toEqual({ event: 'p101', reveal: true });
  });

  it('leads on to its record in the live events; a masked key is asked for', async () => {
    const { router, user } = await open();
    await user.click(screen.getByRole('button', { name: 'See request and answer Lead ratings, 09:12' }));
    await user.click(await screen.findByRole('button', { name: 'Show in live events' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/events'));
    expect(router.state.location.search).toEqual({ run: 99, sync: 'Lead ratings', key: 'L-20418' });
    act(() => router.history.back());
    await screen.findByRole('region', { name: 'History' });
    await more(user, /^More: Trial sign-ups/, 'See request and answer');
    await user.click(await screen.findByRole('button', { name: 'Show in live events' }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ run: 45, key: ana }));
  });

  it('asks before it undoes one record, and says what would be done', async () => {
    const host = fakeHost();
    host.answer('undo_look', ({ run }) => undoLook(run, 'Lead ratings'));
    host.answer('undo', ({ run }) => runOf(run + 100, 'Lead ratings', { trigger: 'undo' }));
    const { user } = await open(ana, host);
    const [newest] = screen.getAllByRole('button', { name: /^Undo/ });
    await user.click(newest as HTMLElement);
    const dialog = await screen.findByRole('alertdialog', { name: 'Undo this record?' });
    await user.click(await within(dialog).findByRole('button', { name: /^Undo 2,532/ }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(inputs(host, 'undo')).toMatchObject([{ events: [expect.any(String)], delete_created: false }]);
  });

  it('hands an entry that arrived and still stands to who undoes it', async () => {
    setHost(fakeHost());
    const onUndo = vi.fn<(entry: PersonEntry) => void>();
    render(
      <Providers client={newQueryClient()}>
        <PeopleScreen
          about={ana}
          onAbout={() => undefined}
          onRequest={() => undefined}
          onReplay={() => undefined}
          onUndo={onUndo}
        />
      </Providers>,
    );
    const buttons = await screen.findAllByRole('button', { name: /^Undo/ });
    expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
      'Undo Lead ratings, 14:53',
      'Undo Product usage, 14:47',
      'Undo Trial sign-ups, 08:31',
    ]);
    await userEvent.setup().click(buttons[0] as HTMLElement);
    expect(onUndo.mock.calls[0]?.[0].event.event).toBe('p101');
  });

  it('goes to a file for this person alone', async () => {
    const { host, user } = await open();
    await user.click(screen.getByRole('button', { name: 'Export history…' }));
    await user.click(await screen.findByRole('button', { name: 'Choose the file…' }));
    await waitFor(() =>
      expect(inputs(host, 'events_export')).toMatchObject([
        { filter: { about: ana, sync: null }, reveal: false },
      ]),
    );
  });
});

describe('people, when there is nothing', () => {
  it('says for how long events are kept', async () => {
    renderWindow('/people?about=nobody');
    expect(await screen.findByText('Nothing kept is about “nobody”')).toBeTruthy();
    expect(await screen.findByText(/90 days, at most the newest 1,000 MB/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('says how long in every way the settings can', () => {
    expect(text.kept(0, 0)).toBe('for ever');
    expect(text.kept(1, 0)).toBe('1 day');
    expect(text.kept(0, 500)).toBe('the newest 500 MB');
  });

  it('says what went wrong, and tries again', async () => {
    const host = fakeHost();
    host.answer('person', () => {
      throw problem({ message: 'The data folder can not be read.' });
    });
    renderWindow(`/people?about=${ana}`, host);
    expect((await screen.findByRole('alert')).textContent).toMatch(/The data folder can not be read/);
    host.answer('person', personOf);
    await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('region', { name: 'History' })).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('keeps what is there when older entries can not be read', async () => {
    const { host, entries, user } = await open('many@example.com');
    host.answer('person', () => {
      throw problem({ message: 'The data folder can not be read.' });
    });
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    await screen.findByRole('alert');
    expect(entries()).toHaveLength(50);
    host.answer('person', personOf);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(entries()).toHaveLength(86));
  });
});

describe('from an event to its person', () => {
  it('asks for the identifier unmasked and opens everything about it', async () => {
    const { host, router } = renderWindow('/events', fakeHost({ events: 500 }));
    const user = userEvent.setup();
    const grid = await screen.findByRole('grid', { name: 'Events, newest first' });
    await user.click(within(grid).getAllByRole('row')[1] as HTMLElement);
    const detail = await screen.findByRole('complementary', { name: 'Event' });
    await within(detail).findByText(/the destination took it|refused this lead|asked for a pause/);
    await user.click(within(detail).getByRole('button', { name: 'More' }));
    host.answer('event', () => ({ event: { who: ana } }) as never);
    await user.click(await screen.findByRole('menuitem', { name: 'Everything about this person' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ about: ana }));
    expect(inputs(host, 'event').at(-1)).toMatchObject({ reveal: true });
    expect(await screen.findByRole('region', { name: 'History' })).toBeTruthy();
  });
});

describe('what was last sent', () => {
  const changed: FieldChange = { path: 'x', before: null, after: '1', changed: true, left_alone: false };
  const history = personOf({ about: ana, cursor: null, limit: 50, reveal: true }).entries;

  it('takes what a run put back, and for the other fields what was sent before it', () => {
    const since = history.slice(3).filter(({ event }) => event.sync === 'Lead ratings');
    const [record] = asLastSent(since);
    expect(record?.entry.event.event).toBe('p97');
    expect(record?.fields.map(({ path, after }) => [path, after])).toEqual([
      ['properties.rating', '"Warm"'],
      ['properties.employees', '240'],
    ]);
  });

  it('does not keep a field that the newest record has no more', () => {
    const [newest, older] = [history[0], history[4]] as [PersonEntry, PersonEntry];
    const more = { ...older, fields: [{ ...changed, path: 'properties.gone' }] };
    expect(asLastSent([newest, more])[0]?.fields.map(({ path }) => path)).not.toContain('properties.gone');
    expect(asLastSent([newest, more])).toHaveLength(1);
  });

  it('leaves out what did not arrive', () => {
    expect(asLastSent(history.slice(2, 3))).toEqual([]);
  });

  it('counts nothing to nothing, and what was left alone, as no change', () => {
    const field = { path: 'x', before: null, after: 'null', changed: true, left_alone: false };
    expect(changesOf([field, { ...field, after: '1', left_alone: true }])).toEqual([]);
    expect(changesOf([{ ...field, after: '1' }])).toHaveLength(1);
  });
});
