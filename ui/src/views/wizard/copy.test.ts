import { expect, test } from 'vitest';
import type { Kind } from '@/api/bindings/Kind';
import type { Sync } from '@/api/bindings/Sync';
import { catalogue } from '@/test/fake/catalogue';
import { leadScores, wide } from '@/test/fake/source';
import { definitionOf, savedSyncs } from '@/test/fake/syncs';
import { leftBehind } from './connect';
import { copyName, copyState } from './copy';
import { type WizardState, definitionOf as definitionIn, reduce, stateOf } from './state';

const kindOf = (id: string, more: Partial<Kind> = {}): Kind => ({
  ...([...catalogue.destinations, ...catalogue.warehouses].find((kind) => kind.id === id) as Kind),
  ...more,
});
const saved = (more: Parameters<typeof definitionOf>[1] = {}): Sync => ({
  ...(savedSyncs[2] as Sync),
  definition: definitionOf('Leads', more),
});
const to = (state: WizardState, kind: Kind, connection: string) =>
  reduce(state, { type: 'connected', kind, connection });
const track = { type: 'track' as const, event_name: 'Lead scored', event_name_column: null };

test('a copy has the first free name', () => {
  expect(copyName('Leads', [])).toBe('Leads copy');
  expect(copyName('Leads', ['Leads copy', 'Leads copy 2'])).toBe('Leads copy 3');
});

test('a copy is the sync, but for its name and where it goes', () => {
  const state = copyState(saved(), 'UTC', ['Leads']);
  expect(state.existing).toBeNull();
  expect(definitionIn(state)).toEqual({ ...definitionOf('Leads'), name: 'Leads copy', to: null });
  expect(definitionIn(to(state, kindOf('rudderstack'), 'Other'))).toEqual({
    ...definitionOf('Leads'),
    name: 'Leads copy',
    to: 'Other',
  });
});

test('events that become records take their identifiers along as fields, and come back as they were', () => {
  const crm = kindOf('practice', { accepts: 'records' });
  const there = to(copyState(saved({ shape: track }), 'UTC', []), crm, 'CRM');
  expect(there.shaping.payload.shape).toBe('record');
  expect(definitionIn(there)?.fields?.map(({ key }) => key)).toEqual(['user_id', 'email', 'lead_score']);
  expect(there.was && leftBehind(there.was, 'record', crm)).toContain(
    'Records have no event name, so “Lead scored” is not sent.',
  );
  const back = to(there, kindOf('rudderstack'), 'Other');
  expect(back.was).toBeUndefined();
  expect(definitionIn(back)?.shape).toEqual(track);
});

test('records that become events name what a destination can not do', () => {
  const shape = { type: 'record' as const, object: 'leads', match_field: 'lead_id' };
  const start = copyState(saved({ shape, mode: 'mirror', removed: 'delete', identifiers: {} }), 'UTC', []);
  const there = to(start, kindOf('rudderstack'), 'Other');
  const { was } = there;
  expect(was && leftBehind(was, there.shaping.payload.shape, kindOf('rudderstack'))).toEqual([
    'RudderStack takes events: each row becomes one, and fields become its keys.',
    'Events have no object and no match field, so leads and lead_id stay behind.',
    'RudderStack can not act on records whose rows are gone.',
  ]);
  // Who the person is was found in the rows.
  const seen = reduce(there, { type: 'looked', source: leadScores });
  expect(seen.source.identifiers).toEqual(leadScores.identifiers);
  expect(definitionIn(seen)).toMatchObject({ mode: 'upsert', removed: 'nothing' });
});

test('a saved sync keeps what was shaped as far as its new rows have the columns', () => {
  const state = stateOf(saved(), 'UTC');
  const moved = reduce(state, { type: 'connected', kind: kindOf('postgres'), connection: 'Replica' });
  expect(definitionIn(reduce(moved, { type: 'looked', source: leadScores }))).toEqual({
    ...definitionOf('Leads'),
    from: 'Replica',
  });
  const other = reduce(state, {
    type: 'source',
    source: { ...state.source, table: { schema: 'marketing', name: 'feature_store' } },
  });
  const { fields } = definitionIn(reduce(other, { type: 'looked', source: wide })) ?? {};
  const there = new Set(wide.columns.map(({ name }) => name));
  expect(fields?.every(({ value }) => value.type !== 'column' || there.has(value.column))).toBe(true);
});
