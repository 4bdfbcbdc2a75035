import type { Plan } from '@/api/bindings/Plan';
import type { Review } from '@/api/bindings/Review';
import { count } from '@/components/times';
import { type Shown, outcomes } from './groups';
import { outcomeIcons } from './outcome-icons';
import { reviewText } from './review-text';
import { type Tile, Tiles } from './Tiles';
import { text } from './text';
import styles from './review.module.css';

/** What would become of the compared records, and the rows that can not be sent. */
export function ReviewTiles({
  review,
  plan,
  value,
  onChange,
}: {
  review: Review;
  plan: Plan;
  value: Shown;
  onChange: (group: Shown) => void;
}) {
  const tiles: Tile<Shown>[] = [
    { name: 'all', label: reviewText.all, icon: 'table', n: review.compared },
    ...outcomes
      .filter((name) => name !== 'remove' || review.groups.remove > 0)
      .map((name) => ({
        name,
        label: text.outcomes[name],
        icon: outcomeIcons[name],
        n: review.groups[name],
        bad: name === 'fail',
      })),
    ...(plan.invalid > 0
      ? [
          {
            name: 'invalid' as const,
            label: reviewText.invalid,
            icon: 'warning' as const,
            n: plan.invalid,
            bad: true,
          },
        ]
      : []),
  ];
  return (
    <div className={styles.groups}>
      <Tiles tiles={tiles} value={value} onChange={onChange} wrap />
      {plan.unchanged > 0 && (
        <div className={styles.sum}>
          <span>
            <b>{count(plan.read)}</b> {text.rowsRead}
          </span>
          <span className={styles.parts}>{reviewText.unlisted(plan.unchanged)}</span>
        </div>
      )}
    </div>
  );
}
