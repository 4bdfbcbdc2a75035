import type { KeyCheck } from '@/api/bindings/KeyCheck';
import type { Source } from '@/api/bindings/Source';
import { Button } from '@/components/Button';
import { Help } from '@/components/Field';
import { Select } from '@/components/Select';
import { t } from '@/components/text';
import { counted } from '@/components/times';
import { text } from './text';
import styles from './source.module.css';

interface Props {
  source: Source;
  columns: string[];
  onChange: (columns: string[]) => void;
  check: { data: KeyCheck | undefined; isFetching: boolean; isError: boolean };
}

function Found({ check }: Pick<Props, 'check'>) {
  const { data } = check;
  if (check.isFetching) return <Help>{text.checking}</Help>;
  if (check.isError || !data) return <Help tone="error">{text.keyUnknown}</Help>;
  if (data.rows === 0) return <Help>{text.keyNoRows}</Help>;
  const rows = counted(data.rows, 'row', 'rows');
  if (data.nulls + data.duplicates === 0) return <Help tone="ok">{text.keyGood(rows)}</Help>;
  return (
    <Help tone="error">
      {text.keyBad(
        counted(data.duplicates, 'duplicate', 'duplicates'),
        counted(data.nulls, 'null', 'nulls'),
        rows,
      )}
    </Help>
  );
}

/** The columns that together name one row, checked over all rows for duplicates and nulls. */
export function RowKey({ source, columns, onChange, check }: Props) {
  const option = (name: string) => ({ value: name, label: name });
  const names = source.columns.map(({ name }) => name);
  const free = names.find((name) => !columns.includes(name));
  const shown = columns.length > 0 ? columns : [''];
  return (
    <div className={styles.rowKey} role="group" aria-label={text.rowKey}>
      <span className={t('label')}>{text.rowKey}</span>
      {shown.map((column, index) => (
        <Select
          key={index}
          label={`${text.rowKey}${index > 0 ? ` ${String(index + 1)}` : ''}`}
          hideLabel
          mono
          size="sm"
          problem={!column}
          value={column || null}
          options={[
            ...(index > 0 ? [{ value: '', label: text.remove }] : []),
            ...names.filter((name) => name === column || !columns.includes(name)).map(option),
          ]}
          onChange={(next) =>
            onChange(
              next
                ? shown.map((old, at) => (at === index ? next : old))
                : columns.filter((_, at) => at !== index),
            )
          }
        />
      ))}
      {columns.length > 0 && free && (
        <Button size="sm" look="quiet" icon="plus" onPress={() => onChange([...columns, free])}>
          {text.addColumn}
        </Button>
      )}
      <span role="status">
        {columns.length > 0 ? <Found check={check} /> : <Help tone="error">{text.keyNeeded}</Help>}
      </span>
    </div>
  );
}
