import type { ReactNode } from 'react';
import type { DestinationField } from '@/api/bindings/DestinationField';
import type { Mismatch } from '@/api/bindings/Mismatch';
import { IconButton } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { Icon } from '@/components/Icon';
import { Table } from '@/components/Panel';
import { SideHead } from '@/components/SplitPane';
import { t } from '@/components/text';
import type { MappedLine } from './target';
import { text } from './text';
import styles from './target.module.css';

interface Props {
  field: DestinationField;
  line: MappedLine | undefined;
  mismatches: readonly Mismatch[];
  /** The destination's name. */
  label: string;
  reads: boolean;
  matchField: string;
  /** How the value is made. */
  rules: ReactNode;
  onOnlyIfEmpty: (id: string, only: boolean) => void;
  onClose: () => void;
}

function MismatchPart({ mismatch, field }: { mismatch: Mismatch; field: DestinationField }) {
  return (
    <div className={styles.mismatch}>
      <p className={styles.message}>
        <Icon name="warning" size={16} />
        <span>
          {mismatch.message}. {text.refused}
        </span>
      </p>
      {mismatch.examples.length > 0 && (
        <Table
          label={text.examples}
          look="dense"
          head={
            <tr>
              <th>{text.inRows}</th>
              <th className={styles.count}>{text.rows}</th>
            </tr>
          }
        >
          {mismatch.examples.map(({ value, rows }, index) => (
            <tr key={index}>
              <td className={t('data')}>
                <bdi>{value}</bdi>
              </td>
              <td className={styles.count}>{rows}</td>
            </tr>
          ))}
        </Table>
      )}
      {mismatch.different > mismatch.examples.length && (
        <p className={t('sm', 'faint')}>{text.moreValues(mismatch.different - mismatch.examples.length)}</p>
      )}
      {mismatch.kind === 'not_in_list' && (
        <p className={t('sm', 'soft')}>
          {text.list} <bdi>{field.options.join(', ')}</bdi>
        </p>
      )}
    </div>
  );
}

/** One field: what would be refused and why, how its value is sent, and what the destination says of it. */
export function FieldDetail(props: Props) {
  const { field, line, mismatches, label, reads, matchField, rules, onOnlyIfEmpty, onClose } = props;
  const facts: [string, string][] = [
    [text.facts.name, field.name],
    [text.facts.type, field.field_type],
    [text.facts.required, text.yesNo(field.required)],
    [text.facts.writable, text.yesNo(field.writable)],
    [text.facts.custom, text.yesNo(field.custom)],
    ...(field.options.length > 0 ? [[text.facts.list, field.options.join(', ')] as [string, string]] : []),
  ];
  return (
    <>
      <SideHead>
        <h2 className={t('label', 'cut')}>{line ? `${line.name} → ${field.label}` : field.label}</h2>
        <span className={t('push')} />
        <IconButton icon="cross" label={text.close} onPress={onClose} />
      </SideHead>
      <div className={styles.detail}>
        {mismatches.map((mismatch) => (
          <MismatchPart key={mismatch.kind} mismatch={mismatch} field={field} />
        ))}
        {line && (
          <div className={styles.rules}>
            {rules}
            {field.name !== matchField && (
              <Checkbox
                checked={line.onlyIfEmpty}
                disabled={!reads}
                help={reads ? text.onlyIfEmptyHelp : text.notReadable(label)}
                onChange={(only) => onOnlyIfEmpty(line.id, only)}
              >
                {text.onlyIfEmpty}
              </Checkbox>
            )}
          </div>
        )}
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={name === text.facts.name ? t('mono') : undefined}>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}
