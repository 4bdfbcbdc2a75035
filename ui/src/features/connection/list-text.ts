import { counted } from '@/components/times';
import { listed } from './text';

/** Words of the page of all connections. */
export const listText = {
  title: 'Connections',
  reading: 'Reading the connections',
  fresh: 'New connection',
  table: 'Connections',
  warehouses: 'Warehouses',
  destinations: 'Destinations',
  columns: {
    name: 'Connection',
    role: 'Side',
    where: 'Where',
    tested: 'Last test',
    used: 'Used by',
    actions: 'Actions',
  },
  roles: { warehouse: 'Warehouse', destination: 'Destination' },
  empty: {
    title: 'No connections yet',
    body: 'A connection is a warehouse Sluice reads from, or a tool it sends to. Its secrets stay in this computer’s keychain.',
  },
  unused: 'no sync',
  passed: (when: string) => `Passed ${when}`,
  failed: (when: string) => `Failed ${when}`,
  secretMissing: 'Secret missing',
  edit: (name: string) => `Edit ${name}`,
  test: 'Test',
  testOf: (name: string) => `Test ${name}`,
  more: (name: string) => `More for ${name}`,
  editAction: 'Edit',
  deleteAction: 'Delete…',
  panel: 'Connection',
  close: 'Close',
  save: 'Save',
  saveNew: 'Save connection',
  saved: (name: string) => `${name} is saved`,
  goOn: 'Sync now',
  deleted: (name: string) => `${name} is deleted`,
  newTitle: (kind: string) => `New ${kind} connection`,
  ask: {
    title: (name: string) => `Delete the connection ${name}?`,
    body: 'Its secrets are removed from the keychain. What was read and sent stays as it is.',
    used: (syncs: readonly string[]) =>
      `${counted(syncs.length, 'sync uses', 'syncs use')} it: ${listed(syncs)}. Give ${syncs.length === 1 ? 'it' : 'them'} another connection first.`,
    cancel: 'Cancel',
    close: 'Close',
    yes: 'Delete connection',
  },
};
