import type { Plan } from '@/api/bindings/Plan';
import type { Review } from '@/api/bindings/Review';
import { t } from '@/components/text';
import { byteSize, count, counted, duration } from '@/components/times';
import { roughly } from '@/components/when';
import { becoming, outcomes, toSend } from './groups';
import { quotaShare, text } from './text';
import styles from './review.module.css';

/** What the run would need: records, requests, share of the quota, time. */
export function RunNeeds({ plan, review }: { plan: Plan; review?: Review }) {
  const groups = review?.groups ?? becoming(plan);
  const compared = review?.compared ?? plan.records.length;
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
            <dd>
              {text.quotaShare(plan.quota_share)}
              {plan.quota_left !== null && plan.quota_share > plan.quota_left && (
                <span className={t('soft')}>{text.quotaShort(quotaShare(plan.quota_left))}</span>
              )}
            </dd>
          </>
        )}
        {plan.expected_seconds !== null && (
          <>
            <dt>{text.time}</dt>
            <dd>{text.about(roughly(plan.expected_seconds))}</dd>
          </>
        )}
        {plan.cost && (
          <>
            <dt>{text.warehouse}</dt>
            <dd>{text.processed(byteSize(plan.cost.bytes), plan.cost.price)}</dd>
          </>
        )}
        {(review?.reads ?? plan.reads) && compared > 0 && (
          <>
            <dt>{text.compared}</dt>
            <dd>
              {text.comparedWith(
                counted(compared, 'record', 'records'),
                outcomes
                  .filter((name) => groups[name] > 0)
                  .map((name) => text.becoming[name](count(groups[name]))),
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
