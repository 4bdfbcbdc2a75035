import type { Problem } from '@/api/bindings/Problem';
import type { Since } from '@/api/bindings/Since';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { byteSize, clockTime } from '@/components/times';
import { reviewText } from './review-text';
import styles from './review.module.css';

const words = reviewText.since;

/** What came of looking whether the warehouse has changed. */
export type Found = { since: Since } | { problem: Problem };

/** Nothing changed, as far as somebody looked: there is nothing to ask about. */
export const asBefore = ({ looked, added, changed, gone }: Since): boolean =>
  looked && added + changed + gone === 0;

/** The warehouse has changed since a held run read it, or nobody knows: what to do with what was looked at. */
export function SinceDialog({
  found,
  readAt,
  sends,
  danger,
  busy,
  onReadAgain,
  onCheck,
  onSend,
  onClose,
}: {
  found: Found;
  readAt: string;
  /** What is sent on yes, in a sentence. */
  sends: string;
  /** Records are lost by it. */
  danger: boolean;
  busy: 'again' | 'check' | 'send' | null;
  onReadAgain: () => void;
  onCheck: () => void;
  onSend: () => void;
  onClose: () => void;
}) {
  const since = 'since' in found ? found.since : null;
  const changed = since?.looked ?? false;
  const title = changed ? words.changed(clockTime(readAt)) : since ? words.unlooked : words.failed;
  return (
    <Dialog
      open
      alert
      width="wide"
      onClose={onClose}
      title={title}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {words.cancel}
          </Button>
          <Button
            look={danger ? 'danger' : changed ? 'secondary' : 'primary'}
            busy={busy === 'send'}
            onPress={onSend}
          >
            {words.send}
          </Button>
          {changed ? (
            <Button look="primary" busy={busy === 'again'} onPress={onReadAgain}>
              {words.again}
            </Button>
          ) : (
            since && (
              <Button busy={busy === 'check'} onPress={onCheck}>
                {words.check}
              </Button>
            )
          )}
        </>
      }
    >
      <div className={styles.since}>
        {'problem' in found && <ProblemBox problem={found.problem} tone="warn" />}
        {changed && since && <p>{words.what(since)}</p>}
        {changed && since && since.keys.length > 0 && (
          <p className={t('sm', 'soft')}>
            {words.keys}:{' '}
            {since.keys.map((key, at) => (
              <span key={`${String(at)} ${key}`}>
                {at > 0 && ', '}
                <bdi className={t('mono')}>{key}</bdi>
              </span>
            ))}
          </p>
        )}
        {since && !changed && (
          <p>
            {since.cost ? words.cost(byteSize(since.cost.bytes), since.cost.price) : words.noCost}
            {words.exactly}
          </p>
        )}
        <p>{sends}</p>
      </div>
    </Dialog>
  );
}
