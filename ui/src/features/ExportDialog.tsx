import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '@/api/client';
import { Button } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { Segmented } from '@/components/Choice';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { toasts } from '@/components/toasts';
import { host } from '@/host';
import styles from './ExportDialog.module.css';

const words = {
  format: 'Format',
  reveal: 'Write personal data unmasked',
  revealHelp: 'Without it the file has the same masks as this window.',
  cancel: 'Cancel',
  go: 'Choose the file…',
};

export interface ExportTarget {
  path: string;
  format: 'csv' | 'jsonl';
  reveal: boolean;
}

/** Asks how to write, lets the system ask where to, and writes. */
export function ExportDialog({
  title,
  about,
  file,
  write,
  written,
  onClose,
}: {
  title: string;
  /** What goes into the file. */
  about: string;
  /** The file's name without its ending. */
  file: string;
  /** Writes it, and answers with how much. */
  write: (target: ExportTarget) => Promise<number>;
  /** What is said once so many are written. */
  written: (n: number) => string;
  onClose: () => void;
}) {
  const [format, setFormat] = useState<ExportTarget['format']>('csv');
  const [reveal, setReveal] = useState(false);
  const writing = useMutation({ mutationFn: write });
  const go = async () => {
    const path = await host().saveFile({ title, name: `${file}.${format}`, endings: [format] });
    if (path === null) return;
    writing.mutate(
      { path, format, reveal },
      {
        onSuccess: (n) => {
          toasts.show(written(n));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button look="primary" busy={writing.isPending} onPress={() => void go()}>
            {words.go}
          </Button>
        </>
      }
    >
      <div className={styles.export}>
        <p>{about}</p>
        <Segmented
          label={words.format}
          value={format}
          onChange={setFormat}
          options={[
            { value: 'csv', label: 'CSV' },
            { value: 'jsonl', label: 'JSON lines' },
          ]}
        />
        <Checkbox checked={reveal} onChange={setReveal} help={words.revealHelp}>
          {words.reveal}
        </Checkbox>
        {writing.error && <ProblemBox problem={asProblem(writing.error)} />}
      </div>
    </Dialog>
  );
}
