import { useState } from 'react';
import { useCommand } from '@/api/queries';
import { asProblem } from '@/api/client';
import { Button } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { Segmented } from '@/components/Choice';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { toasts } from '@/components/toasts';
import { host } from '@/host';
import type { EventFilter } from './event-log';
import { text } from './text';
import styles from './EventsScreen.module.css';

/** Asks what to write, lets the system ask where to, and writes the events that match. */
export function ExportDialog({
  filter,
  count,
  onClose,
}: {
  filter: EventFilter;
  count: string | null;
  onClose: () => void;
}) {
  const words = text.exportDialog;
  const [format, setFormat] = useState<'csv' | 'jsonl'>('csv');
  const [reveal, setReveal] = useState(false);
  const write = useCommand('events_export');
  const go = async () => {
    const path = await host().saveFile({
      title: words.title,
      name: `sluice-events.${format}`,
      endings: [format],
    });
    if (path === null) return;
    write.mutate(
      { filter: { ...filter, cursor: null, limit: 0 }, path, format, reveal },
      {
        onSuccess: (written) => {
          toasts.show(text.exported(written));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      actions={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button look="primary" busy={write.isPending} onPress={() => void go()}>
            {words.go}
          </Button>
        </>
      }
    >
      <div className={styles.export}>
        <p>{words.body(count)}</p>
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
        {write.error && <ProblemBox problem={asProblem(write.error)} />}
      </div>
    </Dialog>
  );
}
