import type { FieldChange } from '@/api/bindings/FieldChange';
import { IconButton } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { type Entry, type GroupName, shortPath } from './groups';
import { text } from './text';
import styles from './review.module.css';

function Value({ json }: { json: string | null }) {
  if (json === null) return <span className={t('null')}>{text.none}</span>;
  if (json === 'null') return <span className={t('null')}>null</span>;
  return <span dir="auto">{json.startsWith('"') ? json.slice(1, -1) : json}</span>;
}

function After({ field }: { field: FieldChange }) {
  if (field.left_alone) return <span className={t('sm', 'faint')}>{text.leftAlone}</span>;
  return <Value json={field.after} />;
}

function FieldRow({ field }: { field: FieldChange }) {
  const goesOut = field.changed && !field.left_alone;
  return (
    <tr className={cx(!goesOut && styles.same)}>
      <th scope="row" title={field.path}>
        {shortPath(field.path)}
      </th>
      <td title={field.before ?? undefined}>
        {goesOut && field.before !== null ? (
          <s>
            <Value json={field.before} />
          </s>
        ) : (
          <Value json={field.before} />
        )}
      </td>
      <td className={styles.arrow}>{goesOut && <Icon name="arrowRight" size={14} />}</td>
      <td title={field.after ?? undefined}>
        {goesOut ? (
          <b>
            <Value json={field.after} />
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
  group: GroupName;
  /** Before is what stands in the destination now, not what was last delivered. */
  now: boolean;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** One record: per field the value before and the value after. */
export function BeforeAfter({ entry, group, now, onPrevious, onNext }: Props) {
  const isNew = group === 'added' && (entry.becomes === null || entry.becomes === 'create');
  const fields = [...entry.fields].sort((a, b) => Number(b.changed) - Number(a.changed));
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
                  {shortPath(field.path)}
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
      {!entry.problem && (isNew || entry.becomes === 'same' || entry.becomes === 'fail') && (
        <p className={styles.newRecord}>
          {entry.becomes === null ? text.newRecord : text.becomes[entry.becomes]}
        </p>
      )}
    </>
  );
}
