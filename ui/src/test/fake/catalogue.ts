import type { Catalogue } from '@/api/bindings/Catalogue';
import type { Connection } from '@/api/bindings/Connection';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Kind } from '@/api/bindings/Kind';
import type { Setting } from '@/api/bindings/Setting';

const svg = (paths: string, size = 20) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(size)} ${String(size)}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${paths}</svg>`;

const setting = (key: string, label: string, more: Partial<Setting> = {}): Setting => ({
  key,
  label,
  help: '',
  example: '',
  secret: false,
  required: true,
  default: null,
  input: { type: 'text' },
  only_if: null,
  ...more,
});

const kind = (id: string, label: string, summary: string, more: Partial<Kind>): Kind => ({
  id,
  label,
  summary,
  needs: [],
  setup_script: null,
  pastes: more.settings?.some(({ secret, input }) => secret || input.type === 'url') ?? false,
  settings: [],
  ready: false,
  accepts: null,
  modes: [],
  removals: [],
  reads: false,
  icon: '',
  ...more,
});

export const catalogue: Catalogue = {
  warehouses: [
    kind('postgres', 'PostgreSQL', 'Host, database, user, password, or a URL', {
      needs: [
        'Host and port: the address of the server or of a read replica, and the port if it is not 5432. Paste a whole URL and Sluice takes what it needs.',
        'A login that may read: on the database, the schema and its tables. Nothing more.',
        'The certificate authority’s file: only where the server’s certificate is not publicly trusted.',
      ],
      setup_script:
        "CREATE ROLE sluice_reader LOGIN\n  PASSWORD '…';\nGRANT CONNECT ON DATABASE shop\n  TO sluice_reader;\nGRANT USAGE ON SCHEMA analytics\n  TO sluice_reader;\nGRANT SELECT ON ALL TABLES\n  IN SCHEMA analytics\n  TO sluice_reader;",
      settings: [
        setting('host', 'Host', { help: 'Name or address of the server', example: 'db.example.com' }),
        setting('port', 'Port', {
          help: 'Mostly 5432',
          example: '5432',
          default: '5432',
          input: { type: 'number' },
        }),
        setting('database', 'Database', { example: 'shop' }),
        setting('user', 'User', { help: 'A login that may only read is enough', example: 'sluice_reader' }),
        setting('password', 'Password', { secret: true }),
        setting('tls', 'Encryption', {
          help: '“Encrypt only” works with every server. Checking it too is safer, where its certificate can be trusted.',
          default: 'verify-full',
          input: {
            type: 'choice',
            choices: [
              { value: 'verify-full', label: 'Encrypt and check server' },
              { value: 'require', label: 'Encrypt only' },
              { value: 'disable', label: 'No encryption' },
            ],
          },
        }),
        setting('ca_file', 'CA file', {
          help: 'The certificate authority to trust, as a PEM file; empty for this computer’s own list.',
          required: false,
          input: { type: 'file' },
          only_if: { key: 'tls', values: ['verify-full'] },
        }),
        setting('diff_schema', 'Schema for snapshots', {
          help: 'For very large tables: a schema Sluice may write to. Rows are then compared inside the warehouse, and only those that changed leave it. Empty: the warehouse is only read.',
          example: 'sluice',
          required: false,
        }),
      ],
      icon: svg(
        '<ellipse cx="10" cy="5" rx="6" ry="2.5"/><path d="M4 5v10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5V5M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5"/>',
      ),
    }),
    kind(
      'sample',
      'Sample warehouse',
      '5,000 invented leads and their log-ins, kept on this computer. Works offline, no account.',
      {
        ready: true,
        needs: ['Nothing: it is made on this computer the first time it is used.'],
        icon: svg(
          '<path d="M7.5 2.5h5M8.500 2.500v5L3.800 16c-.4.8 0 1.5.9 1.5h10.6c.9 0 1.3-.7.9-1.500L11.500 7.500v-5M6.300 12.500h7.400"/>',
        ),
      },
    ),
  ],
  destinations: [
    kind('rudderstack', 'RudderStack', 'Data plane address and a source’s write key', {
      accepts: 'events',
      modes: ['upsert', 'append', 'full'],
      removals: ['nothing'],
      needs: [
        'Data plane address: on the RudderStack dashboard, top right.',
        'Write key: of an HTTP source made for Sluice.',
      ],
      settings: [
        setting('data_plane_url', 'Data plane address', {
          example: 'https://example.dataplane.rudderstack.com',
          input: { type: 'url' },
        }),
        setting('write_key', 'Write key', { secret: true, help: 'Of the source the events belong to' }),
      ],
      icon: svg(
        '<circle cx="10" cy="10" r="5.5"/><circle cx="10" cy="10" r="1.6"/><path d="M10 2v6.400M10 11.600V18M2 10h6.400M11.600 10H18"/>',
      ),
    }),
    kind(
      'practice',
      'Practice CRM',
      'Contacts, leads and accounts on this computer, with realistic limits and errors',
      {
        accepts: 'both',
        reads: true,
        ready: true,
        modes: ['upsert', 'update', 'create', 'mirror', 'append', 'full'],
        removals: ['nothing', 'clear', 'delete'],
        icon: svg(
          '<circle cx="10" cy="6.5" r="3.2"/><path d="M3.500 17c.6-3.200 3.200-5 6.500-5s5.900 1.800 6.500 5"/>',
        ),
      },
    ),
    kind('file', 'File', 'JSON lines or CSV in a folder of your choice', {
      accepts: 'both',
      modes: ['upsert', 'append', 'full'],
      removals: ['nothing'],
      needs: ['A folder you may write to.'],
      settings: [
        setting('folder', 'Folder', { input: { type: 'folder' }, example: '/home/ana/exports' }),
        setting('format', 'Format', {
          default: 'jsonl',
          input: {
            type: 'choice',
            choices: [
              { value: 'jsonl', label: 'JSON lines' },
              { value: 'csv', label: 'CSV' },
            ],
          },
        }),
      ],
      icon: svg('<path d="M5 2.500h6.500l4 4v11H5zM11.500 2.500v4h4"/>'),
    }),
  ],
};

export const savedConnections: Connection[] = [
  {
    name: 'Kestrel production',
    kind: 'postgres',
    role: 'warehouse',
    settings: {
      host: 'warehouse.kestrel.example.com',
      port: '5432',
      database: 'analytics',
      user: 'sluice_reader',
      tls: 'verify-full',
    },
    secrets: { password: { state: 'saved' } },
    used_by: ['Product usage', 'Trial sign-ups'],
    checked_at: '2026-11-24T08:12:00Z',
    checked_ok: true,
  },
  {
    name: 'Billing replica',
    kind: 'postgres',
    role: 'warehouse',
    settings: {
      host: 'billing-ro.internal.example.com',
      port: '5432',
      database: 'billing',
      user: 'reader',
      tls: 'require',
    },
    secrets: { password: { state: 'missing' } },
    used_by: ['Orders'],
    checked_at: '2026-11-12T10:00:00Z',
    checked_ok: false,
  },
  {
    name: 'Kestrel events',
    kind: 'rudderstack',
    role: 'destination',
    settings: { data_plane_url: 'https://kestrel.dataplane.example.com' },
    secrets: { write_key: { state: 'saved' } },
    used_by: ['Product usage', 'Trial sign-ups', 'Orders'],
    checked_at: '2026-11-24T08:12:00Z',
    checked_ok: true,
  },
];

/** A file takes any field of any record. */
export const fileObjects: DestinationObject[] = [{ name: 'rows', label: 'Rows', fields: [] }];

const field = (
  name: string,
  label: string,
  field_type: string,
  more: Partial<DestinationObject['fields'][number]> = {},
) => ({
  name,
  label,
  field_type,
  takes: { type: 'anything' as const },
  required: false,
  writable: true,
  matchable: false,
  options: [],
  custom: false,
  ...more,
});

export const practiceObjects: DestinationObject[] = [
  {
    name: 'contacts',
    label: 'Contact',
    fields: [
      field('email', 'Email', 'E-mail', { matchable: true, required: true }),
      field('external_id', 'External ID', 'Text (64)', { matchable: true }),
      field('name', 'Full name', 'Text (120)', { required: true }),
      field('company', 'Company', 'Text (120)'),
      field('lead_score', 'Lead score', 'Number (3, 0)', { custom: true }),
      field('rating', 'Rating', 'Pick list (3)', {
        takes: { type: 'one_of' },
        options: ['Hot', 'Warm', 'Cold'],
      }),
      field('city', 'City', 'Text (40)'),
      field('created_at', 'Created', 'Timestamp', { writable: false }),
    ],
  },
  {
    name: 'leads',
    label: 'Lead',
    fields: [
      field('lead_id', 'Lead ID', 'Text (36)', { matchable: true, required: true }),
      field('email', 'Email', 'E-mail', { matchable: true }),
      field('company', 'Company', 'Text (255)', { required: true }),
      field('score', 'Score', 'Number (3, 0)'),
    ],
  },
];
