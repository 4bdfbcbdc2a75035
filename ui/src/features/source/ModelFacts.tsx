import type { DbtModel } from '@/api/bindings/DbtModel';
import { Help } from '@/components/Field';
import { ScrollRegion } from '@/components/ScrollRegion';
import { listed } from '@/components/listed';
import { t } from '@/components/text';
import { testWords } from './dbt';
import { text } from './text';
import styles from './source.module.css';

/** What a dbt project says of the rows: the model, its columns and what is tested of them. */
export function ModelFacts({ model }: { model: DbtModel }) {
  const tests = model.tests.map(testWords).join(', ');
  return (
    <section className={styles.model} aria-label={text.dbt.about(model.name, model.materialized)}>
      <span className={t('sm', 'soft')}>
        {text.dbt.about(model.name, model.materialized)}
        {tests && `, ${tests}`}
      </span>
      <p className={styles.modelWords} title={model.description} dir="auto">
        {model.description || <span className={t('soft')}>{text.dbt.noDescription}</span>}
      </p>
      {model.key.length > 0 && <Help>{text.dbt.key(listed(model.key))}</Help>}
      {model.columns.length > 0 && (
        <details className={styles.modelColumns}>
          <summary>{text.dbt.columns(model.columns.length)}</summary>
          <ScrollRegion label={text.dbt.describedColumns} className={styles.modelScroll}>
            <dl>
              {model.columns.map((column) => (
                <div key={column.name} className={styles.modelColumn}>
                  <dt className={t('mono', 'data')} dir="auto">
                    {column.name}
                  </dt>
                  <dd className={t('sm')}>
                    <bdi>{column.description}</bdi>{' '}
                    <span className={t('soft')}>{column.tests.map(testWords).join(', ')}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </ScrollRegion>
        </details>
      )}
    </section>
  );
}
