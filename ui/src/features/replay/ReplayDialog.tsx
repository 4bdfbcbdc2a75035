import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { Run } from '@/api/bindings/Run';
import { asProblem } from '@/api/client';
import { useCommand, useSync } from '@/api/queries';
import { resend } from '@/api/resend';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { toasts } from '@/components/toasts';
import { moment, useNow } from '@/components/when';
import { Correction } from './Correction';
import { faultOf } from './payload';
import { text } from './text';
import styles from './replay.module.css';

export interface ReplayDialogProps {
  event: Event;
  /** It is to be corrected, so what was sent is shown at once. */
  correct?: boolean;
  onClose: () => void;
  /** The replay became a run of its own. */
  onOpenSync: (sync: string) => void;
}

/** One record once more: as it was, or with values corrected here. Its values are shown only where that is asked. */
export function ReplayDialog({ event, correct = false, onClose, onOpenSync }: ReplayDialogProps) {
  const now = useNow();
  const definition = useSync(event.sync).data?.definition;
  const replay = useCommand('replay', ['runs', 'syncs', 'sync', 'event', 'person']);
  const [open, setOpen] = useState(correct);
  /** What was written in place of what was sent. */
  const [written, setWritten] = useState<string | null>(null);
  const send = async () => {
    const action = ({ sync }: Run) => ({ label: text.showRun, onAction: () => onOpenSync(sync) });
    try {
      const [run] = await resend(
        async () => [await replay.mutateAsync({ event: event.event, payload: written })],
        action,
      );
      toasts.show(text.sending, run ? { action: action(run) } : {});
      onClose();
    } catch {
      // The dialog shows why.
    }
  };
  return (
    <Dialog
      open
      alert
      width={open ? 'wide' : 'narrow'}
      onClose={onClose}
      title={correct ? text.titleCorrect : text.title}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {text.cancel}
          </Button>
          <Button
            look="primary"
            icon="refresh"
            isDisabled={written !== null && faultOf(written) !== undefined}
            busy={replay.isPending}
            onPress={() => void send()}
          >
            {written === null ? text.again : text.corrected}
          </Button>
        </>
      }
    >
      <div className={styles.question}>
        <p>
          {text.about(text.place(definition?.to, event.what), moment(event.at, now))} {text.row}
        </p>
        {open ? (
          <Correction event={event.event} definition={definition} written={written} onWrite={setWritten} />
        ) : (
          <Button icon="pencil" onPress={() => setOpen(true)}>
            {text.correct}
          </Button>
        )}
        {replay.error && <ProblemBox problem={asProblem(replay.error)} />}
      </div>
    </Dialog>
  );
}
