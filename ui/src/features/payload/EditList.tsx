import { Button } from '@/components/Button';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { clockTime, count } from '@/components/times';
import type { Edit } from './edits';
import { text } from './text';
import styles from './payload.module.css';

/** What was done, newest first. */
export function EditList({ edits, onUndo }: { edits: readonly Edit[]; onUndo: () => void }) {
  const newest = [...edits].reverse().slice(0, 3);
  return (
    <section className={styles.edits} aria-label={text.edits}>
      <div className={styles.editsHead}>
        <h3 className={t('medium', 'sm')}>{text.edits}</h3>
        <span className={t('sm', 'faint')}>{edits.length === 0 ? text.noEdits : count(edits.length)}</span>
        <Button look="quiet" size="sm" isDisabled={edits.length === 0} className={t('push')} onPress={onUndo}>
          {text.undoLast}
        </Button>
      </div>
      <ol>
        {newest.map((edit, index) => (
          <li
            key={`${edit.at}${edit.label}${String(index)}`}
            className={cx(styles.edit, index === 0 && styles.latest)}
            title={edit.label}
          >
            <span className={t('cut', 'grow')}>{edit.label}</span>
            <span className={styles.editTime}>{clockTime(edit.at)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
