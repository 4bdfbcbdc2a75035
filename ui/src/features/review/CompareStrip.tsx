import { useEffect, useRef } from 'react';
import type { Review } from '@/api/bindings/Review';
import { asProblem } from '@/api/client';
import { useReviewStart } from '@/api/review-queries';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { Progress } from '@/components/Progress';
import { t } from '@/components/text';
import { reviewText } from './review-text';
import styles from './compare.module.css';

const words = reviewText.compare;
/** Up to so many requests nobody has to be asked. */
const fewRequests = 20;
/** Up to this share of a day's quota neither, unless it would take long. */
const smallShare = 0.01;
const mostRequests = 600;

/** What a destination allows in a day is not always known: then the number of requests alone decides. */
const costsLittle = ({ reads, requests, quota_share }: Review) =>
  !reads ||
  requests <= fewRequests ||
  (quota_share !== null && quota_share <= smallShare && requests <= mostRequests);

/** Before every record is compared: what that takes. While it is: how far. Afterwards nothing. */
export function CompareStrip({ review, to }: { review: Review; to: string }) {
  const { run, records, compared, going, reads, requests, quota_share, problem } = review;
  const start = useReviewStart();
  const begun = useRef<number | null>(null);
  const left = records - compared;
  const failed = start.error ? asProblem(start.error) : problem;
  const byItself = !going && left > 0 && !failed && costsLittle(review);
  const { mutate } = start;
  useEffect(() => {
    if (!byItself || begun.current === run) return;
    begun.current = run;
    mutate(run);
  }, [byItself, run, mutate]);
  if (going || (byItself && start.isPending)) {
    const far = words.of(compared, records);
    return (
      <div className={styles.strip}>
        <div className={styles.words}>
          <p>
            {words.going(to, reads)}: {far}
          </p>
          <Progress label={words.going(to, reads)} done={compared} total={records} text={far} />
        </div>
      </div>
    );
  }
  if (left <= 0) return null;
  const again = (
    <Button busy={start.isPending} onPress={() => start.mutate(run)}>
      {compared > 0 || failed ? words.goOn : words.go}
    </Button>
  );
  if (failed) {
    return (
      <div className={styles.failed}>
        <ProblemBox problem={failed} tone="warn" action={again} />
      </div>
    );
  }
  return (
    <div className={styles.strip}>
      <Icon name="info" className={t('accent')} />
      <p className={styles.words}>
        {words.ask(left, compared > 0, to, reads)}
        {reads && requests > 0 && (
          <>
            : <b>{words.price(requests, quota_share)}</b>
          </>
        )}
      </p>
      {again}
    </div>
  );
}
