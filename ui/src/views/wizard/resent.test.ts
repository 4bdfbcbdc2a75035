import { expect, test } from 'vitest';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import type { Sync } from '@/api/bindings/Sync';
import { definitionOf, savedSyncs } from '@/test/fake/syncs';
import { type Around, resentBy } from './resent';

const saved = (more: Partial<SyncDefinition> = {}, held: Sync['held'] = null): Sync => ({
  ...(savedSyncs[2] as Sync),
  definition: definitionOf('Leads', more),
  held,
});
const columns = ['lead_id', 'email', 'lead_score', 'user_id'];
const after = (sync: Sync, more: Partial<SyncDefinition>, around: Partial<Around> = {}) =>
  resentBy(sync, { ...sync.definition, ...more }, { rows: 1204, columns, ...around });
const record = (object: string, match_field: string) => ({ type: 'record' as const, object, match_field });

test('another destination takes every row as new, and the old one keeps what it has', () => {
  expect(after(saved(), { to: 'Practice CRM' })).toEqual({
    again: 'all',
    reasons: [
      'Other destination: all 1,204 rows are sent to Practice CRM as new.',
      'Nothing is removed in Kestrel events.',
    ],
  });
});

test('without a known count no number is made up', () => {
  const { reasons } = after(saved(), { from: 'Billing replica' }, { rows: null });
  expect(reasons[0]).toBe('Other warehouse connection: every row is sent to Kestrel events as new.');
});

test('a destination that is taken away sends nothing, and everything once there is one again', () => {
  const { again, reasons } = after(saved(), { to: null });
  expect(again).toBe('nothing');
  expect(reasons[0]).toMatch(/Once there is one again, every row is sent as new/);
});

test('what a row becomes counts; the name of an event alone is a change of payload', () => {
  const track = (event_name: string) => ({ type: 'track' as const, event_name, event_name_column: null });
  expect(after(saved(), { shape: track('Scored') }).again).toBe('all');
  expect(after(saved({ shape: track('Scored') }), { shape: track('Rated') })).toEqual({
    again: 'changed',
    reasons: ['Payload changed: only records that become different are sent.'],
  });
  const crm = saved({ to: 'CRM', shape: record('contacts', 'email') });
  expect(after(crm, { shape: record('leads', 'lead_id') }).reasons[0]).toBe(
    'Other object and other match field: all 1,204 rows are sent to CRM as new.',
  );
});

test('another key finds rows by the old one, and sends all of them only where its columns are gone', () => {
  expect(after(saved(), { key: ['email'] })).toEqual({
    again: 'changed',
    reasons: [
      'Key changed: the next run finds rows by the old key once more, and only records that become different are sent.',
    ],
  });
  expect(after(saved(), { key: ['email'] }, { columns: ['EMAIL'] })).toEqual({
    again: 'all',
    reasons: [
      'Key changed, and the rows have no lead_id any more to find them by: all 1,204 rows are sent to Kestrel events as new.',
    ],
  });
  expect(after(saved(), { key: ['email'] }, { columns: ['LEAD_ID', 'EMAIL'] }).again).toBe('changed');
});

test('another table compares by key, and a mirror says what becomes of records it has no row for', () => {
  const query = { type: 'table' as const, schema: 'marketing', name: 'leads_v2' };
  expect(after(saved(), { query }).reasons).toEqual([
    'Other table: its rows are found by their key, and only records that become different are sent.',
  ]);
  expect(after(saved({ to: 'CRM', mode: 'mirror', removed: 'delete' }), { query }).reasons[1]).toBe(
    'Records whose rows are not there are deleted in CRM.',
  );
});

test('modes that send each row once send nothing again for another payload', () => {
  expect(after(saved({ mode: 'append' }), { identifiers: { email: 'email' } })).toEqual({
    again: 'nothing',
    reasons: ['Payload changed: only new rows are sent.'],
  });
  expect(after(saved(), { mode: 'full' }).again).toBe('all');
});

test('schedule, brakes and name send nothing, and leave a held run as it is', () => {
  const held = saved({}, (savedSyncs[0] as Sync).held);
  expect(after(held, { schedule: { type: 'manual' } })).toEqual({
    again: 'nothing',
    reasons: ['Only the schedule changed: nothing is sent again.'],
  });
  expect(after(held, { name: 'Scores', schedule: { type: 'manual' } }).reasons).toEqual([
    'Only the name and the schedule changed: nothing is sent again.',
  ]);
  expect(after(held, {}).reasons).toEqual(['Nothing was changed.']);
  expect(after(held, { to: 'Other' }).reasons.at(-1)).toBe(
    'The held run is dropped; the next run compares again.',
  );
});
