import { useEffect, useRef } from 'react';
import type { ReviewField } from '@/api/bindings/ReviewField';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { Table } from '@/components/Panel';
import { SideHead } from '@/components/SplitPane';
import { Badge } from '@/components/State';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { Value } from '@/components/Value';
import { shortPath } from '../paths';
import { Misfit } from './Misfit';
import { reviewText } from './review-text';
import styles from './report.module.css';

const words = reviewText.report;

/** How much of the most frequent value's length a bar has. */
function Share({ n, most, before }: { n: number; most: number; before?: boolean }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    if (bar.current) bar.current.style.width = `${String(most > 0 ? (n / most) * 100 : 0)}%`;
  }, [n, most]);
  return (
    <span className={styles.share}>
      <span>{count(n)}</span>
      <span className={styles.track} aria-hidden="true">
        <i ref={bar} className={cx(before && styles.was)} />
      </span>
    </span>
  );
}

/** One field over all records: how often it is filled and changed, and its most frequent values before and after. */
export function FieldSide({
  field,
  last,
  onRecords,
}: {
  field: ReviewField;
  /** Records of the run that was reviewed before. */
  last: number | null;
  onRecords: () => void;
}) {
  const { records, filled_before, filled_after, changed, changed_last, blanked, left_alone } = field;
  const { facts } = words;
  const told: [string, string, boolean?][] = [
    [facts.records, count(records)],
    [facts.before, words.of(filled_before, records)],
    [facts.after, words.of(filled_after, records)],
    [facts.changed, words.of(changed, records)],
  ];
  if (changed_last !== null && last !== null) told.push([facts.last, words.of(changed_last, last)]);
  if (blanked > 0) told.push([facts.blanked, words.of(blanked, records), true]);
  if (left_alone > 0) told.push([facts.left, words.of(left_alone, records)]);
  const most = Math.max(0, ...field.top.flatMap(({ before, after }) => [before, after]));
  return (
    <>
      <SideHead>
        <h2 className={t('label', 'cut', 'data')} title={field.path} dir="auto">
          {shortPath(field.path)}
        </h2>
      </SideHead>
      <dl className={styles.facts}>
        {told.map(([name, value, warn]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={cx(warn && styles.warn)}>
              {warn && <Icon name="warning" size={14} />}
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {field.misfits.length > 0 && (
        <ul className={styles.misfits} aria-label={words.columns.misfits}>
          {field.misfits.map((misfit) => (
            <li key={misfit.kind}>
              <Icon name="badCircle" size={14} />
              <span>
                <Misfit misfit={misfit} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {field.top.length > 0 && (
        <Table
          label={words.top}
          look="dense"
          head={
            <tr>
              <th>{words.top}</th>
              <th className={styles.number}>{words.before}</th>
              <th className={styles.number}>{words.after}</th>
            </tr>
          }
        >
          {field.top.map(({ value, before, after }) => (
            <tr key={value}>
              <td>
                <Value json={value} exact /> {before === 0 && <Badge tone="accent">{words.fresh}</Badge>}
              </td>
              <td className={styles.number}>
                <Share n={before} most={most} before />
              </td>
              <td className={styles.number}>
                <Share n={after} most={most} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {changed > 0 && (
        <div className={styles.toRecords}>
          <Button size="sm" onPress={onRecords}>
            {words.records(changed)}
          </Button>
        </div>
      )}
    </>
  );
}
