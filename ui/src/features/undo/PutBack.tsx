import type { UndoRecord } from '@/api/bindings/UndoRecord';
import { Icon } from '@/components/Icon';
import { Table } from '@/components/Panel';
import { t } from '@/components/text';
import { Value } from '@/components/Value';
import { text } from './text';
import styles from './undo.module.css';

/** Records whose values are shown. */
const SHOWN = 3;

/** The first records that get values back, field by field. */
export function PutBack({ records }: { records: readonly UndoRecord[] }) {
  const first = records.filter(({ will }) => will === 'put_back' || will === 'create_again').slice(0, SHOWN);
  if (first.length === 0) return null;
  return (
    <div className={styles.fields}>
      <Table label={text.fields}>
        {first.flatMap((record) =>
          record.fields
            .filter(({ left_alone }) => !left_alone)
            .map((field, place) => (
              <tr key={`${record.key} ${field.name}`}>
                <td className={t('data')} dir="auto">
                  {place === 0 && record.key}
                </td>
                <td>{field.name}</td>
                <td>
                  <s className={t('soft')}>
                    <Value json={field.now} />
                  </s>
                </td>
                <td>
                  <Icon name="arrowRight" size={14} />
                </td>
                <td className={t('medium')}>
                  <Value json={field.then} />
                </td>
              </tr>
            )),
        )}
      </Table>
    </div>
  );
}
