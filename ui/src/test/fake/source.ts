import type { Column } from '@/api/bindings/Column';
import type { ColumnType } from '@/api/bindings/ColumnType';
import type { Source } from '@/api/bindings/Source';
import type { Table } from '@/api/bindings/Table';

type Spec = [
  name: string,
  type: ColumnType,
  nulls: number,
  personal: boolean,
  values: (string | number | boolean | null)[],
];

const specs: Spec[] = [
  ['lead_id', 'text', 0, false, ['L-20418', 'L-20419', 'L-20420', 'L-20421', 'L-20422', 'L-20423']],
  ['user_id', 'text', 0.11, false, ['u_48213', 'u_48214', null, 'u_48216', 'u_48217', 'u_48218']],
  [
    'email',
    'text',
    0.019,
    true,
    [
      'ana.ruiz@example.com',
      'j.okafor@example.com',
      'mei.lin@example.com',
      null,
      'p.dale@example.com',
      's.alm@example.com',
    ],
  ],
  ['lead_score', 'number', 0, false, [86.5, 41, 73.25, 12, 58.75, 91]],
  ['score_grade', 'text', 0, false, ['A', 'C', 'B', 'D', 'C', 'A']],
  ['login_count_7d', 'integer', 0, false, [14, 3, 9, 0, 6, 22]],
  [
    'last_login_at',
    'timestamp',
    0.042,
    false,
    [
      '2026-11-24T08:02:11Z',
      '2026-11-21T17:40:00Z',
      '2026-11-23T11:20:45Z',
      null,
      '2026-11-24T06:55:02Z',
      '2026-11-24T07:31:19Z',
    ],
  ],
  [
    'full_name',
    'text',
    0.003,
    true,
    ['Ana Ruiz', 'Jude Okafor', 'Mei Lin', 'Tomas Novak', 'Priya Dale', 'Sanna Alm'],
  ],
  [
    'company',
    'text',
    0.063,
    false,
    [
      'Kestrel Outdoor GmbH',
      'Blue Fjord Logistics',
      'Halden & Sons Maritime Supply AS',
      'Orchard Nine',
      null,
      'Vela Ceramics',
    ],
  ],
  ['company_size', 'integer', 0.18, false, [240, 1200, 35, null, 8, 61]],
  ['address_city', 'text', 0.22, false, ['Berlin', 'Oslo', 'Hull', 'Brno', null, 'Malmö']],
  ['address_country', 'text', 0.22, false, ['DE', 'NO', 'GB', 'CZ', null, 'SE']],
  [
    'trial_started_on',
    'date',
    0.31,
    false,
    ['2026-11-02', '2026-10-18', null, '2026-11-20', null, '2026-09-30'],
  ],
  ['marketing_consent', 'boolean', 0, false, [true, false, true, true, false, true]],
  ['mrr_eur', 'number', 0.4, false, [1490, 0, 89.9, null, null, 240]],
  ['phone', 'text', 0.48, true, ['+49 170 5550112', null, '+47 912 55590', null, null, '+46 70 555 01 44']],
  [
    'ip_last_seen',
    'text',
    0.021,
    true,
    ['203.0.113.14', '198.51.100.7', '203.0.113.90', '192.0.2.61', '192.0.2.8', null],
  ],
  [
    'sales_owner_email_at_first_qualification',
    'text',
    0.12,
    true,
    ['sam@example.com', 'rita@example.com', null, 'sam@example.com', 'rita@example.com', 'sam@example.com'],
  ],
  ['tags', 'json', 0.05, false, ['["beta","vip"]', '[]', '["beta"]', null, '[]', '["eu"]']],
  ['utm_source', 'text', 0.33, false, ['newsletter', 'search', null, 'partner', 'search', null]],
];

export const mask = (value: string): string => {
  const at = value.indexOf('@');
  if (at > 0) return `${value.slice(0, 1)}•••${value.slice(at)}`;
  return value
    .split(' ')
    .map((word) => `${word.slice(0, 1)}•••`)
    .join(' ');
};

export const rowCount = 100;
export const valueAt = (column: string, row: number): string | number | boolean | null => {
  const spec = specs.find(([name]) => name === column);
  const value = spec?.[4][row % spec[4].length] ?? null;
  if (column === 'lead_id') return `L-${String(20418 + row)}`;
  if (column === 'user_id' && value !== null) return `u_${String(48213 + row)}`;
  return value;
};
export const typeOf = (column: string): ColumnType => specs.find(([name]) => name === column)?.[1] ?? 'text';
export const isPersonal = (column: string): boolean => specs.find(([name]) => name === column)?.[3] ?? false;

const shown = (spec: Spec, row: number): string | null => {
  const value = valueAt(spec[0], row);
  if (value === null) return null;
  return spec[3] ? mask(String(value)) : String(value);
};

const columns: Column[] = specs.map((spec) => ({
  name: spec[0],
  logical: spec[1],
  native: spec[1] === 'text' ? 'text' : spec[1] === 'number' ? 'numeric' : spec[1],
  samples: [0, 1, 2, 3].flatMap((row) => shown(spec, row) ?? []).slice(0, 3),
  null_share: spec[2],
  personal: spec[3],
}));

export const leadScores: Source = {
  columns,
  identifiers: { email: 'email', user_id: 'user_id' },
  key_candidates: ['lead_id', 'user_id'],
  rows: Array.from({ length: rowCount }, (_, row) => specs.map((spec) => shown(spec, row))),
  total_rows: 48213,
  cost: { bytes: 1_240_000_000, price: 'about $0.01 at list price' },
  read_at: '2026-11-24T13:48:00Z',
  took_ms: 612,
};

/** A source with many columns, for what must not slow down. */
export const wide: Source = {
  ...leadScores,
  columns: [
    ...columns,
    ...Array.from({ length: 480 }, (_, index): Column => ({
      name: `feature_${String(index + 1).padStart(3, '0')}`,
      logical: 'number',
      native: 'numeric',
      samples: ['0.12', '0.4', '7'],
      null_share: 0.02,
      personal: false,
    })),
  ],
  rows: leadScores.rows.map((row) => [
    ...row,
    ...Array.from({ length: 480 }, (_, index) => String((index * 7) % 100)),
  ]),
};

export const noIdentifier: Source = {
  ...leadScores,
  columns: columns.filter(
    ({ name }) => !['email', 'user_id', 'sales_owner_email_at_first_qualification'].includes(name),
  ),
  identifiers: {},
  rows: [],
};

const table = (schema: string, name: string, rows: number | null, kind: Table['kind'] = 'table'): Table => ({
  schema,
  name,
  kind,
  rows,
});

export const tables: Table[] = [
  table('marketing', 'lead_scores', 48213),
  table('marketing', 'lead_scores_history', 2104882),
  table('marketing', 'leads_by_campaign_and_first_touch_source', 9006),
  table('marketing', 'qualified_leads', null, 'view'),
  table('marketing', 'feature_store', 48213),
  table('sales', 'lead_owners', 312),
  table('sales', 'open_leads', null, 'view'),
  table('sales', 'accounts', 4211),
  table('staging', 'stg_leads_raw', 51880),
  table('staging', 'daily_totals', 90),
];
