import type { Plan } from '@/api/bindings/Plan';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { count } from '@/components/times';
import { type GroupName, becoming, entriesOf, toSend } from './groups';
import { text } from './text';
import styles from './review.module.css';

const words = text.told;

/** What comparing the listed records with the destination has shown: that some would be refused, or change nothing. */
export function Told({
  plan,
  group,
  to,
  onGroup,
}: {
  plan: Plan;
  group: GroupName;
  /** The destination's name. */
  to: string;
  onGroup: (group: GroupName) => void;
}) {
  const { same, fail } = becoming(plan);
  const compared = plan.records.filter((record) => record.group !== null).length;
  if (same + fail === 0) return null;
  const refused = entriesOf(plan, 'refused').length;
  return (
    <div className={styles.toldAll}>
      {fail > 0 && (
        <Banner
          tone="warn"
          icon="warning"
          action={
            refused > 0 &&
            group !== 'refused' && (
              <Button size="sm" onPress={() => onGroup('refused')}>
                {words.show(count(refused))}
              </Button>
            )
          }
        >
          <b>{words.refused(count(fail), count(compared))}</b> {words.refusedSafe(toSend(plan) > fail)}
        </Banner>
      )}
      {same > 0 && (
        <Banner tone="info">
          <b>
            {same === compared
              ? words.allSame(count(compared), to)
              : words.someSame(count(same), count(compared), to)}
          </b>
        </Banner>
      )}
    </div>
  );
}
