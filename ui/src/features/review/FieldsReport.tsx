import type { ReactNode } from 'react';
import type { Review } from '@/api/bindings/Review';
import type { ReviewField } from '@/api/bindings/ReviewField';
import { LinkButton } from '@/components/Button';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { Icon } from '@/components/Icon';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { shortPath } from '../paths';
import { Such } from './Misfit';
import { reviewText } from './review-text';
import styles from './report.module.css';

const words = reviewText.report;

/** Two lines of a cell: the number, and what it is measured by. */
function Two({ first, second, start }: { first: ReactNode; second: ReactNode; start?: boolean }) {
  return (
    <span className={cx(styles.two, start && styles.start)}>
      <span>{first}</span>
      <span className={t('sm', 'faint')}>{second}</span>
    </span>
  );
}

const arrow = (
  <>
    <span aria-hidden="true">→</span>
    <span className={t('hidden')}> {words.to} </span>
  </>
);

/** What would become of each field over all compared records. A number leads to its records. */
export function FieldsReport({
  review,
  selected,
  onSelect,
  onRecords,
}: {
  review: Review;
  selected: string | null;
  onSelect: (path: string) => void;
  onRecords: (path: string) => void;
}) {
  const last = review.records_last;
  const link = (n: number, what: string, { path }: ReviewField, warn?: boolean) =>
    n === 0 ? (
      <span className={t('faint')}>0</span>
    ) : (
      <LinkButton
        excludeFromTabOrder
        data-cell-focus=""
        aria-label={words.show(n, what, shortPath(path))}
        onPress={() => onRecords(path)}
      >
        <span className={cx(warn && styles.warn)}>
          {warn && <Icon name="warning" size={14} />}
          {count(n)}
        </span>
      </LinkButton>
    );
  const { columns: heads } = words;
  const some = (wanted: (field: ReviewField) => boolean) => review.fields.some(wanted);
  const columns: GridColumn<ReviewField>[] = [
    {
      id: 'field',
      head: heads.field,
      width: 'grow',
      min: 104,
      cell: ({ path }) => (
        <span className={t('cut', 'data')} title={path} dir="auto">
          {shortPath(path)}
        </span>
      ),
    },
    {
      id: 'filled',
      head: heads.filled,
      width: 116,
      align: 'end',
      cell: ({ records, filled_before, filled_after }) => (
        <Two
          first={
            <>
              {words.share(filled_before, records)} {arrow} {words.share(filled_after, records)}
            </>
          }
          second={
            <>
              {count(filled_before)} {arrow} {count(filled_after)}
            </>
          }
        />
      ),
    },
    {
      id: 'changed',
      head: heads.changed,
      width: 156,
      align: 'end',
      cell: (field) => (
        <Two
          first={
            <>
              {link(field.changed, heads.changed, field)}{' '}
              <span className={t('sm', 'faint')}>{words.share(field.changed, field.records)}</span>
            </>
          }
          second={field.changed_last !== null && last !== null && words.last(field.changed_last, last)}
        />
      ),
    },
    {
      id: 'blanked',
      head: heads.blanked,
      width: 84,
      align: 'end',
      cell: (field) => link(field.blanked, heads.blanked, field, true),
    },
    ...(some(({ misfits }) => misfits.length > 0)
      ? [
          {
            id: 'misfits',
            head: heads.misfits,
            width: 'grow' as const,
            min: 150,
            cell: (field: ReviewField) => {
              const [misfit] = field.misfits;
              if (!misfit) return null;
              return (
                <Two
                  start
                  first={
                    <LinkButton excludeFromTabOrder data-cell-focus="" onPress={() => onRecords(field.path)}>
                      {words.misfit(misfit.kind, misfit.records)}
                    </LinkButton>
                  }
                  second={<Such misfit={misfit} />}
                />
              );
            },
          },
        ]
      : []),
    ...(some(({ left_alone }) => left_alone > 0)
      ? [
          {
            id: 'left',
            head: heads.left,
            width: 84,
            align: 'end' as const,
            cell: ({ left_alone }: ReviewField) => count(left_alone),
          },
        ]
      : []),
  ];
  return (
    <DataGrid
      label={words.label}
      columns={columns}
      rows={review.fields}
      rowKey={({ path }) => path}
      rowHeight={44}
      selectedKey={selected}
      onSelect={({ path }) => onSelect(path)}
      empty={<p className={t('soft')}>{words.nothing}</p>}
    />
  );
}
