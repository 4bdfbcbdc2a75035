import type { DbtModel } from '@/api/bindings/DbtModel';
import type { DbtProject } from '@/api/bindings/DbtProject';

const model = (name: string, more: Partial<DbtModel> = {}): DbtModel => ({
  id: `model.kestrel.${name}`,
  name,
  description: '',
  materialized: 'table',
  database: 'shop',
  schema: 'marketing',
  table: name,
  elsewhere: false,
  columns: [],
  tests: [],
  key: [],
  ...more,
});

/** A project whose models are tables of the invented warehouse, but for two. */
export const dbtProject: DbtProject = {
  name: 'kestrel',
  generated_at: '2026-11-24T06:12:09.214532Z',
  database: 'shop',
  models: [
    model('accounts', { schema: 'sales', materialized: 'incremental' }),
    model('churn_risk', { description: 'Who is about to leave.' }),
    model('lead_scores', {
      schema: 'MARKETING',
      table: 'LEAD_SCORES',
      description: 'One row for each lead, with its score of last night.',
      columns: [
        {
          name: 'USER_ID',
          description: 'Of the product.',
          tests: [{ type: 'unique' }, { type: 'not_null' }],
        },
        {
          name: 'SCORE_GRADE',
          description: 'A is best.',
          tests: [{ type: 'accepted_values', values: ['A', 'B', 'C', 'D'] }],
        },
      ],
      key: ['USER_ID'],
    }),
    model('qualified_leads', { materialized: 'view', description: 'Leads that sales has looked at.' }),
    model('qualified_leads_dev', { database: 'shop_dev', table: 'qualified_leads', elsewhere: true }),
  ],
};
