import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import { asProblem } from '@/api/client';
import { useEvent } from '@/api/run-queries';
import { Button } from '@/components/Button';
import { copyText } from '@/components/copy';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { Tabs } from '@/components/Tabs';
import { Waiting } from '@/components/Waiting';
import { Attempts } from './EventAttempts';
import { SentAndAnswer } from './EventBytes';
import { text } from './text';
import styles from './EventDetail.module.css';

const words = text.detail;

/** The request a record went in, what stood there before, and the answer, over another screen. */
export function RequestDialog({
  event,
  title,
  onClose,
  onOpen,
}: {
  event: Event;
  title: string;
  onClose: () => void;
  /** Shows the record in the live events. */
  onOpen: () => void;
}) {
  const [revealed, setRevealed] = useState(false);
  const [tab, setTab] = useState('bytes');
  const { data, error } = useEvent(event.event, revealed);
  const detail = data?.event.event === event.event ? data : undefined;
  return (
    <Dialog
      open
      width="wide"
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button icon="events" onPress={onOpen}>
            {words.open}
          </Button>
          <Button look="primary" onPress={onClose}>
            {words.close}
          </Button>
        </>
      }
    >
      {error ? (
        <ProblemBox problem={asProblem(error)} />
      ) : !detail ? (
        <Waiting label={words.reading} rows={6} />
      ) : (
        <div className={styles.over}>
          <p>{detail.problem ? `${detail.problem.message} ${detail.problem.safe}` : detail.summary}</p>
          <Tabs
            label={words.label}
            value={tab}
            onChange={setTab}
            items={[
              {
                id: 'bytes',
                label: words.tabs.bytes,
                content: (
                  <SentAndAnswer
                    detail={detail}
                    revealed={revealed}
                    onReveal={setRevealed}
                    onCopy={(what, bytes) => void copyText(bytes, text.copied(what))}
                  />
                ),
              },
              {
                id: 'attempts',
                label: words.tabs.attempts,
                count: detail.attempts.length,
                content: (
                  <Attempts
                    status={detail.event.status}
                    attempts={detail.attempts}
                    next={detail.next_attempt_at}
                  />
                ),
              },
            ]}
          />
        </div>
      )}
    </Dialog>
  );
}
