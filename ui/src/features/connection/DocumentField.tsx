import { useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import type { Setting } from '@/api/bindings/Setting';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { cx } from '@/components/cx';
import { text } from './text';
import styles from './connection.module.css';

/** Larger than any key or account file there is. */
const LARGEST = 64 * 1024;

interface Props {
  setting: Setting;
  value: string;
  filled: boolean;
  remark: string | undefined;
  help: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
  /** Beside the button that chooses a file. */
  after?: React.ReactNode;
}

/** A key or an account file: pasted, dropped or chosen. A secret one is not shown while it is there. */
export function DocumentField(props: Props) {
  const { setting, value, filled, remark, help, error, onChange, onLeave, after } = props;
  const [refused, setRefused] = useState<string>();

  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > LARGEST) return setRefused(text.fileTooLarge(file.name));
    const content = await file.text();
    if (content.includes('\0')) return setRefused(text.fileNotText(file.name));
    setRefused(undefined);
    onChange(content);
  };

  return (
    <DropZone
      className={styles.document ?? ''}
      aria-label={text.drop(setting.label)}
      onDrop={(event) => {
        const file = event.items.find((item) => item.kind === 'file');
        if (file) void file.getFile().then(take);
      }}
    >
      <TextField
        label={setting.label}
        name={setting.key}
        value={value}
        onChange={(next) => {
          setRefused(undefined);
          onChange(next);
        }}
        onBlur={onLeave}
        help={help}
        error={refused ?? error}
        rows={4}
        mono
        masked={setting.secret}
        filled={filled}
        required={setting.required}
        placeholder={setting.secret || !setting.example ? text.documentHint : setting.example}
        {...(remark ? { remark } : {})}
        {...(setting.secret ? { icon: 'key' as const } : {})}
      />
      <div className={cx(styles.documentActions)}>
        <FileTrigger onSelect={(files) => void take(files?.[0])}>
          <Button size="sm" look="quiet" icon="file">
            {text.chooseFile}
          </Button>
        </FileTrigger>
        {after}
      </div>
    </DropZone>
  );
}
