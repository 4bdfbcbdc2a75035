import type { FieldChange } from '@/api/bindings/FieldChange';
import { IconButton } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { Value } from '@/components/Value';
import { shortPath } from '../paths';
import type { Entry } from './groups';
import { text } from './text';
import styles from './review.module.css';

function After({ field }: { field: FieldChange }) {
  if (field.left_alone) return <span className={t('sm', 'faint')}>{text.leftAlone}</span>;
  return <Value json={field.after} exact />;
}

/** The record gets another value in it. */
const isSent = ({ changed, left_alone }: FieldChange): boolean => changed && !left_alone;

function FieldRow({ field }: { field: FieldChange }) {
  const goesOut = isSent(field);
  return (
    <tr className={cx(!goesOut && styles.same)}>
      <th scope="row" title={field.path}>
        <bdi>{shortPath(field.path)}</bdi>
      </th>
      <td title={field.before ?? undefined}>
        {/* Nothing is struck out where nothing stands. */}
        {goesOut && field.before !== null && field.before !== 'null' ? (
          <s>
            <Value json={field.before} exact />
          </s>
        ) : (
          <Value json={field.before} />
        )}
      </td>
      <td className={styles.arrow}>{goesOut && <Icon name="arrowRight" size={14} />}</td>
      <td title={field.after ?? undefined}>
        {goesOut ? (
          <b>
            <Value json={field.after} exact />
          </b>
        ) : field.left_alone ? (
          <After field={field} />
        ) : (
          text.same
        )}
      </td>
    </tr>
  );
}

interface Props {
  entry: Entry;
  /** Before is what stands in the destination now, not what was last delivered. */
  now: boolean;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** One record: per field the value before and the value after, and why it would be refused. */
export function BeforeAfter({ entry, now, onPrevious, onNext }: Props) {
  const { becomes, change, refused } = entry;
  const isNew = becomes === null ? change === 'added' : becomes === 'create';
  // What goes out comes first; either part keeps the mapping's order.
  const fields = [...entry.fields].sort((a, b) => Number(isSent(b)) - Number(isSent(a)));
  return (
    <>
      <SideHead>
        <h2 className={cx(t('label', 'cut', 'data'))} dir="auto">
          {entry.key || `${text.row} ${String(entry.row)}`}
        </h2>
        <span className={t('push')} />
        <IconButton icon="up" label={text.previous} isDisabled={!onPrevious} onPress={() => onPrevious?.()} />
        <IconButton icon="down" label={text.next} isDisabled={!onNext} onPress={() => onNext?.()} />
      </SideHead>
      {becomes === 'fail' && refused.length > 0 && (
        <ul className={styles.refused} aria-label={text.why}>
          {refused.map((why) => (
            <li key={why}>
              <Icon name="badCircle" size={14} />
              <bdi>{why}</bdi>
            </li>
          ))}
        </ul>
      )}
      {entry.problem ? (
        <div className={styles.problem}>
          <ProblemBox problem={entry.problem} />
        </div>
      ) : isNew ? (
        <table className={cx(styles.fields, styles.two)} aria-label={text.beforeAfter(entry.key)}>
          <thead>
            <tr>
              <th scope="col">{text.field}</th>
              <th scope="col">{text.after}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.path}>
                <th scope="row" title={field.path}>
                  <bdi>{shortPath(field.path)}</bdi>
                </th>
                <td title={field.after ?? undefined}>
                  <After field={field} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <table className={styles.fields} aria-label={text.beforeAfter(entry.key)}>
          <thead>
            <tr>
              <th scope="col">{text.field}</th>
              <th scope="col">{now ? text.now : text.before}</th>
              <td />
              <th scope="col">{text.after}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <FieldRow key={field.path} field={field} />
            ))}
          </tbody>
        </table>
      )}
      {!entry.problem && (isNew || becomes === 'same' || (becomes === 'fail' && refused.length === 0)) && (
        <p className={styles.newRecord}>
          {becomes === null || (isNew && !now) ? text.newRecord : text.becomes[becomes]}
        </p>
      )}
    </>
  );
}
