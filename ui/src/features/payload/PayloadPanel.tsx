import { useState } from 'react';
import type { PayloadPreview } from '@/api/bindings/PayloadPreview';
import { Button, IconButton } from '@/components/Button';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { JsonView } from '@/components/JsonView';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { cx } from '@/components/cx';
import { copyText } from '@/components/copy';
import { t } from '@/components/text';
import { byteSize } from '@/components/times';
import { useShortcut } from '@/components/use-shortcut';
import { inPayload } from '../shortcuts';
import { text } from './text';
import styles from './payload.module.css';

interface Props {
  preview: PayloadPreview;
  /** The index of the selected line among the fields sent. */
  marked: number | null;
  /** The user asked to see this row's personal data. */
  revealed: boolean;
  onRow: (row: number) => void;
  onFind: (words: string) => void;
  onReveal: (reveal: boolean) => void;
}

/** One real row exactly as it is sent. */
export function PayloadPanel({ preview, marked, revealed, onRow, onFind, onReveal }: Props) {
  const [exact, setExact] = useState(false);
  const [find, setFind] = useState('');
  const { row, rows } = preview;
  // A row that can not be sent has no payload.
  const empty = preview.bytes === 0;
  useShortcut(inPayload.previousRow, () => row > 0 && onRow(row - 1));
  useShortcut(inPayload.nextRow, () => row < rows - 1 && onRow(row + 1));
  if (rows === 0) {
    return (
      <>
        <SideHead>
          <h2 className={t('label')}>{text.payloadOf}</h2>
        </SideHead>
        <p className={cx(styles.noRows, t('soft'))}>{text.noRows}</p>
      </>
    );
  }
  return (
    <>
      <SideHead>
        <h2 className={t('label')}>{text.row(row + 1)}</h2>
        <span className={t('sm', 'faint')}>{text.ofRows(rows)}</span>
        <span className={styles.rowButtons}>
          <IconButton
            icon="left"
            label={text.previous}
            keys={inPayload.previousRow.keys}
            isDisabled={row <= 0}
            onPress={() => onRow(row - 1)}
          />
          <IconButton
            icon="right"
            label={text.next}
            keys={inPayload.nextRow.keys}
            isDisabled={row >= rows - 1}
            onPress={() => onRow(row + 1)}
          />
        </span>
        <span className={t('push')} />
        <SearchField
          size="xs"
          label={text.findRow}
          value={find}
          onChange={setFind}
          onSubmit={onFind}
          className={styles.find}
        />
        <IconButton
          icon="copy"
          label={text.copyJson}
          onPress={() => void copyText(preview.exact, 'JSON copied')}
        />
      </SideHead>
      {!empty && (
        <div className={styles.revealBar}>
          <Icon name={preview.masked ? 'eyeoff' : 'eye'} size={14} />
          <span>{preview.masked ? text.maskedRow : revealed ? text.shownRow : text.nothingPersonal}</span>
          {(preview.masked || revealed) && (
            <Button look="quiet" size="sm" className={t('push')} onPress={() => onReveal(preview.masked)}>
              {preview.masked ? text.reveal : text.mask}
            </Button>
          )}
        </div>
      )}
      {preview.invalid && (
        <div className={styles.invalid}>
          <ProblemBox problem={preview.invalid} tone="warn" />
        </div>
      )}
      {!empty && (
        <>
          <JsonView
            label={text.payloadOf}
            json={exact ? preview.exact : preview.pretty}
            exact={exact}
            marked={(line) => marked !== null && preview.line_fields[line] === marked}
            className={styles.json}
          />
          <div className={styles.bytes}>
            <span>{text.bytesNote(byteSize(preview.bytes))}</span>
            <Button
              look="quiet"
              size="sm"
              className={t('push')}
              pressed={exact}
              onPress={() => setExact(!exact)}
            >
              {text.exact}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
