import type { Review } from '@/api/bindings/Review';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { listed } from '@/components/listed';
import { shortPath } from '../paths';
import { reviewText } from './review-text';
import styles from './review.module.css';

const words = reviewText.blanked;
const named = 2;

/** Which fields would lose their value, in how many records, and the ways to look and to change it. */
export function Blanked({
  review,
  onLook,
  onRules,
}: {
  review: Review;
  onLook: () => void;
  onRules: () => void;
}) {
  const found = review.fields.filter(({ blanked }) => blanked > 0).sort((a, b) => b.blanked - a.blanked);
  if (found.length === 0) return null;
  const told = [
    ...found.slice(0, named).map(({ path, blanked }) => words.field(shortPath(path), blanked)),
    ...(found.length > named ? [words.more(found.length - named)] : []),
  ];
  return (
    <div className={styles.emptied}>
      <Banner
        tone="warn"
        icon="warning"
        action={
          <>
            <Button size="sm" onPress={onLook}>
              {words.look}
            </Button>
            <Button size="sm" onPress={onRules}>
              {words.other}
            </Button>
          </>
        }
      >
        <b>{words.told(listed(told))}</b>
      </Banner>
    </div>
  );
}
