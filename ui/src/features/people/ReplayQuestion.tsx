import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { asProblem } from '@/api/client';
import { useCommand } from '@/api/queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { toasts } from '@/components/toasts';
import { moment, useNow } from '@/components/when';
import { text } from './text';
import styles from './people.module.css';

/** The question before one record is sent once more. */
export function ReplayQuestion({
  entry,
  onClose,
  onOpenSync,
}: {
  entry: PersonEntry;
  onClose: () => void;
  onOpenSync: (sync: string) => void;
}) {
  const now = useNow();
  const replay = useCommand('replay', ['person', 'runs', 'syncs', 'sync', 'event']);
  const { event } = entry;
  const words = text.question;
  const send = () =>
    replay.mutate(
      { event: event.event, payload: null },
      {
        onSuccess: ({ sync }) => {
          toasts.show(text.sending, { action: { label: text.showRun, onAction: () => onOpenSync(sync) } });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      alert
      onClose={onClose}
      title={words.title}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {words.cancel}
          </Button>
          <Button look="primary" busy={replay.isPending} onPress={send}>
            {words.yes}
          </Button>
        </>
      }
    >
      <div className={styles.question}>
        <p>
          {words.body(text.place(entry.to, event.what), moment(event.at, now))} {words.safe}
        </p>
        {replay.error && <ProblemBox problem={asProblem(replay.error)} />}
      </div>
    </Dialog>
  );
}
