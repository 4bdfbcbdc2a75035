import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import { asProblem } from '@/api/client';
import { useEvent } from '@/api/run-queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { Waiting } from '@/components/Waiting';
import { text } from './text';
import type { Replaying } from './use-replay';

const words = text.replay;

/** One record once more: as it was, or with values corrected here. What is shown is what is sent. */
export function ReplayDialog({
  event,
  replay,
  onClose,
}: {
  event: Event;
  replay: Replaying;
  onClose: () => void;
}) {
  const detail = useEvent(event.event, true);
  const sent = detail.data?.event.event === event.event ? detail.data : undefined;
  const [written, setWritten] = useState<string | null>(null);
  const shown = written ?? sent?.payload_pretty ?? '';
  const changed = written !== null && written !== sent?.payload_pretty;
  const wrong = written === null || isObject(written) ? undefined : words.notJson;
  const go = async () => {
    if (await replay.go(event.event, changed ? shown : null)) onClose();
  };
  return (
    <Dialog
      open
      alert
      width="wide"
      onClose={onClose}
      title={words.title}
      actions={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button
            look="primary"
            icon="refresh"
            isDisabled={!sent || !!wrong}
            busy={replay.busy}
            onPress={() => void go()}
          >
            {changed ? words.corrected : words.again}
          </Button>
        </>
      }
    >
      {detail.error ? (
        <ProblemBox problem={asProblem(detail.error)} />
      ) : !sent ? (
        <Waiting label={words.reading} rows={3} />
      ) : (
        <>
          <p>{words.about}</p>
          {replay.problem && <ProblemBox problem={replay.problem} />}
          <TextField
            label={words.payload}
            mono
            rows={14}
            value={shown}
            onChange={setWritten}
            error={wrong}
            help={words.help}
          />
        </>
      )}
    </Dialog>
  );
}

function isObject(payload: string): boolean {
  try {
    const parsed: unknown = JSON.parse(payload);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
