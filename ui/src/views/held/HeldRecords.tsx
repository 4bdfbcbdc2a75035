import { useNavigate } from '@tanstack/react-router';
import type { Run } from '@/api/bindings/Run';
import { asProblem } from '@/api/client';
import { useReview } from '@/api/review-queries';
import { useHeld } from '@/api/run-queries';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { Waiting } from '@/components/Waiting';
import { CompareStrip } from '@/features/review/CompareStrip';
import { ReviewSplit } from '@/features/review/ReviewSplit';
import { editOf } from '@/features/syncs/describe';
import { PlanPane, PlanSide } from '../wizard/PlanPane';
import { usePick } from '../wizard/use-pick';
import { text } from './text';
import styles from './held.module.css';

/** Records of each group that are listed before all are compared. */
const listed = 200;

/** The records of a held run: the first of each group, and all of them as they are compared with the destination. */
export function HeldRecords({ name, run, to }: { name: string; run: Run; to: string }) {
  const navigate = useNavigate();
  const plan = useHeld({ run: run.run, limit: listed, reveal: false });
  const review = useReview(run.run);
  const pick = usePick(plan.data);
  const edit = () =>
    void navigate({ to: '/wizard/$draft/$step', params: { draft: editOf(name), step: 'payload' } });
  const failed = plan.error ?? review.error;
  return (
    <div className={styles.records}>
      {failed && (
        <div className={styles.banner}>
          <ProblemBox problem={asProblem(failed)} />
        </div>
      )}
      {review.data && <CompareStrip review={review.data} to={to} />}
      {!plan.data ? (
        !failed && <Waiting label={text.reading} />
      ) : review.data && review.data.compared > 0 ? (
        <ReviewSplit review={review.data} plan={plan.data} label={text.record} onRules={edit} />
      ) : (
        <SplitPane
          id="held"
          label={text.record}
          size={424}
          open={pick.open}
          onClose={pick.close}
          side={<PlanSide plan={{ ...plan.data, held: null }} pick={pick} />}
        >
          <PlanPane to={to} onCompare={undefined} plan={plan.data} pick={pick} onRules={edit} />
        </SplitPane>
      )}
    </div>
  );
}
