import type { Plan } from '@/api/bindings/Plan';
import { t } from '@/components/text';
import { byteSize, count, counted, duration } from '@/components/times';
import { becoming, toSend } from './groups';
import { text } from './text';
import styles from './review.module.css';

/** What the run would need: records, requests, share of the quota. */
export function RunNeeds({ plan }: { plan: Plan }) {
  return (
    <section className={styles.needs}>
      <h2 className={t('label')}>{text.cost}</h2>
      <dl className={styles.facts}>
        <dt>{text.records}</dt>
        <dd>{count(toSend(plan))}</dd>
        <dt>{text.requests}</dt>
        <dd>{text.requestsBy(plan.requests_needed, plan.sent_by)}</dd>
        {plan.quota_share !== null && (
          <>
            <dt>{text.quota}</dt>
            <dd>{text.quotaShare(`${(plan.quota_share * 100).toFixed(1)}%`)}</dd>
          </>
        )}
        {plan.cost && (
          <>
            <dt>{text.warehouse}</dt>
            <dd>{text.processed(byteSize(plan.cost.bytes), plan.cost.price)}</dd>
          </>
        )}
        {plan.reads && plan.records.length > 0 && (
          <>
            <dt>{text.compared}</dt>
            <dd>
              {text.comparedWith(
                counted(plan.records.length, 'record', 'records'),
                becoming(plan).map(([name, n]) => text.becoming[name](count(n))),
              )}
            </dd>
          </>
        )}
        <dt>{text.read}</dt>
        <dd>{text.inSeconds(counted(plan.read, 'row', 'rows'), duration(plan.seconds * 1000))}</dd>
      </dl>
    </section>
  );
}
