import { useRef } from 'react';
import { IconButton } from '@/components/Button';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import type { Change } from './changes';
import { text } from './text';
import styles from './payload.module.css';

/** Each thing that is not as it was saved: what it is called, what was saved, what it is now. */
export function ChangeList({
  changes,
  most = Infinity,
  canPutBack,
  onPutBack,
}: {
  changes: readonly Change[];
  /** More than these are counted. */
  most?: number;
  canPutBack?: (change: Change) => boolean;
  onPutBack?: (change: Change) => void;
}) {
  const words = text.changes;
  return (
    <ul>
      {changes.slice(0, most).map((change) => (
        <li
          key={change.line ?? ''}
          className={styles.change}
          title={`${change.name}: ${change.saved} → ${change.now}`}
        >
          <span className={t('mono', 'cut')} dir="auto">
            {change.name}
          </span>
          <span className={t('cut')}>
            <span className={t('hidden')}>{words.saved} </span>
            <bdi>{change.saved}</bdi> <span aria-hidden="true">→</span>{' '}
            <span className={t('hidden')}>{words.now} </span>
            <bdi>{change.now}</bdi>
          </span>
          {onPutBack && canPutBack?.(change) && (
            <IconButton icon="undo" label={words.putBack(change.name)} onPress={() => onPutBack(change)} />
          )}
        </li>
      ))}
      {changes.length > most && <li className={styles.change}>{words.more(changes.length - most)}</li>}
    </ul>
  );
}

/** What of a saved sync's payload was changed since, each with the way back. */
export function SavedChanges({
  changes,
  canPutBack,
  onPutBack,
}: {
  changes: readonly Change[];
  canPutBack: (change: Change) => boolean;
  onPutBack: (change: Change) => void;
}) {
  const head = useRef<HTMLHeadingElement>(null);
  return (
    <section className={cx(styles.edits, styles.saved)} aria-label={text.changes.title}>
      <div className={styles.editsHead}>
        <h3 ref={head} tabIndex={-1} className={t('medium', 'sm')}>
          {text.changes.title}
        </h3>
        <span className={t('sm', 'faint')} role="status">
          {changes.length === 0 ? text.changes.none : count(changes.length)}
        </span>
      </div>
      <div className={styles.changes}>
        <ChangeList
          changes={changes}
          canPutBack={canPutBack}
          onPutBack={(change) => {
            // Its button goes with the line.
            head.current?.focus();
            onPutBack(change);
          }}
        />
      </div>
    </section>
  );
}
