import type { Plan } from '@/api/bindings/Plan';
import type { IconName } from '@/components/Icon';
import { count } from '@/components/times';
import { type GroupName, groupNames, sizes } from './groups';
import { Tiles } from './Tiles';
import { text } from './text';
import styles from './review.module.css';

const icons: Record<GroupName, IconName> = {
  added: 'plus',
  changed: 'pencil',
  unchanged: 'same',
  refused: 'badCircle',
  invalid: 'warning',
  removed: 'minus',
};

/** The groups of what a run would do; those of rows add up to the rows read, and the sum is shown. */
export function Groups({
  plan,
  group,
  onGroup,
}: {
  plan: Plan;
  group: GroupName;
  onGroup: (group: GroupName) => void;
}) {
  const all = sizes(plan);
  const shown = groupNames.filter((name) => (name !== 'removed' && name !== 'refused') || all[name] > 0);
  const parts = shown.filter((name) => name !== 'removed').map((name) => all[name]);
  return (
    <div className={styles.groups}>
      <Tiles
        tiles={shown.map((name) => ({
          name,
          label: text.groups[name],
          icon: icons[name],
          n: all[name],
          bad: name === 'invalid' || name === 'refused',
        }))}
        value={group}
        onChange={onGroup}
      />
      <div className={styles.sum}>
        <span>
          <b>{count(plan.read)}</b> {text.rowsRead}
        </span>
        <span className={styles.parts}>{parts.map(count).join(' + ')}</span>
        {plan.removed > 0 && <span className={styles.parts}>{text.removedBeside(count(plan.removed))}</span>}
      </div>
    </div>
  );
}
