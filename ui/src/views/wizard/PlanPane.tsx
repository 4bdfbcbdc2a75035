import type { Plan } from '@/api/bindings/Plan';
import { Note } from '@/components/Banner';
import { BeforeAfter } from '@/features/review/BeforeAfter';
import { Entries } from '@/features/review/Entries';
import { Groups } from '@/features/review/Groups';
import { RunNeeds } from '@/features/review/RunNeeds';
import { Told } from '@/features/review/Told';
import type { usePick } from './use-pick';
import styles from './plan.module.css';

type Pick = ReturnType<typeof usePick>;

/** Groups that add up to the rows read, and the records of one. */
export function PlanPane({
  plan,
  to,
  pick,
  onRules,
  onCompare,
}: {
  plan: Plan;
  /** The destination's name. */
  to: string;
  pick: Pick;
  onRules: () => void;
  /** Every record can be compared. */
  onCompare: (() => void) | undefined;
}) {
  return (
    <>
      <Groups plan={plan} group={pick.group} onGroup={pick.setGroup} />
      <Told plan={plan} group={pick.group} to={to} onGroup={pick.setGroup} />
      <Entries
        key={pick.group}
        plan={plan}
        group={pick.group}
        selected={pick.entry?.id ?? null}
        onSelect={pick.choose}
        onRules={onRules}
        onCompare={onCompare}
      />
    </>
  );
}

/** One record before and after, what the run needs, and why a run waits. */
export function PlanSide({ plan, pick }: { plan: Plan; pick: Pick }) {
  const { entry, previous, next } = pick;
  return (
    <>
      {entry && (
        <BeforeAfter
          entry={entry}
          now={plan.reads}
          onPrevious={previous && (() => pick.choose(previous))}
          onNext={next && (() => pick.choose(next))}
        />
      )}
      <RunNeeds plan={plan} />
      {plan.held && (
        <div className={styles.held}>
          <Note icon="held">
            {plan.held.message} {plan.held.safe}
          </Note>
        </div>
      )}
    </>
  );
}
