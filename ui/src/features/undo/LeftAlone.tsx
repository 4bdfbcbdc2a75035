import type { UndoRecord } from '@/api/bindings/UndoRecord';
import { cx } from '@/components/cx';
import { Table } from '@/components/Panel';
import { t } from '@/components/text';
import { Value } from '@/components/Value';
import { text } from './text';
import styles from './undo.module.css';

const words = text.leaveAlone;

/** Records that are not touched, each with the value that somebody gave it since. */
export function LeftAlone({ records, all }: { records: readonly UndoRecord[]; all: number }) {
  const { columns } = words;
  // Where whole records are left alone there are no fields to tell.
  const some = records.some(({ fields }) => fields.some(({ left_alone }) => left_alone));
  return (
    <>
      <Table
        label={words.table}
        counts
        head={
          <tr>
            <th>{columns.key}</th>
            <th data-grow="">{columns.why}</th>
            <th>{columns.who}</th>
            {some && (
              <>
                <th>{columns.field}</th>
                <th>{columns.wrote}</th>
                <th>{columns.now}</th>
              </>
            )}
          </tr>
        }
      >
        {records.flatMap((record) => {
          const fields = record.fields.filter(({ left_alone }) => left_alone);
          return (fields.length > 0 ? fields : [undefined]).map((field, place) => (
            <tr key={`${record.event} ${field?.name ?? ''}`}>
              <td className={t('data')} dir="auto">
                {place === 0 && record.key}
              </td>
              <td className={cx(t('soft'), styles.reason)}>{place === 0 && record.reason}</td>
              <td className={styles.who} dir="auto">
                {place === 0 && (record.who ?? '–')}
              </td>
              {some && (
                <>
                  <td>{field?.name}</td>
                  <td className={t('soft')}>{field && <Value json={field.wrote} />}</td>
                  <td className={t('medium')}>{field && <Value json={field.now} />}</td>
                </>
              )}
            </tr>
          ));
        })}
      </Table>
      {all > records.length && <p className={styles.more}>{words.more(all - records.length)}</p>}
    </>
  );
}
