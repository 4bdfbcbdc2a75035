import type { Plan } from '@/api/bindings/Plan';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { count } from '@/components/times';
import { type GroupName, becoming, entriesOf } from './groups';
import { text } from './text';
import styles from './review.module.css';

const words = text.told;

/** What comparing the listed records with the destination has shown: that some would be refused, or change nothing. */
export function Told({
  plan,
  group,
  to,
  only,
  onOnly,
  onGroup,
}: {
  plan: Plan;
  group: GroupName;
  /** The destination's name. */
  to: string;
  /** The list shows only what would be refused. */
  only: boolean;
  onOnly: (only: boolean) => void;
  onGroup: (group: GroupName) => void;
}) {
  const { same, fail } = becoming(plan);
  const compared = plan.records.filter((record) => record.group !== null).length;
  if (same + fail === 0) return null;
  const failing = (of: GroupName) => entriesOf(plan, of).filter(({ becomes }) => becomes === 'fail').length;
  const here = failing(group) > 0 ? group : (['changed', 'added', 'removed'] as const).find(failing);
  return (
    <div className={styles.toldAll}>
      {fail > 0 && here && (
        <Banner
          tone="warn"
          icon="warning"
          action={
            <Button
              size="sm"
              onPress={() => {
                onGroup(here);
                onOnly(!only);
              }}
            >
              {only ? words.showAll : words.show(count(failing(here)))}
            </Button>
          }
        >
          <b>{words.refused(count(fail), count(compared))}</b> {words.refusedSafe}
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
