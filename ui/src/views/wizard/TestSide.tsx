import { eventWord } from '@/api/state-words';
import { eventStates } from '@/api/sync-state';
import { IconButton } from '@/components/Button';
import { copyText } from '@/components/copy';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { SentAndAnswer } from '@/features/events/EventBytes';
import { text } from './text';
import type { Test } from './use-test';
import styles from './plan.module.css';

/** What became of the record that was sent as a test: the exact request and answer. */
export function TestSide({ test }: { test: Test }) {
  const words = text.review.test;
  const { event } = test;
  const problem = event?.problem ?? test.problem;
  return (
    <>
      <SideHead>
        <h2 className={t('label')}>{words.title}</h2>
        <span className={t('grow')} />
        {event && (
          <State state={eventStates[event.event.status].state} quiet>
            {eventWord(event.event.status)}
          </State>
        )}
        <IconButton icon="cross" label={words.close} onPress={test.close} />
      </SideHead>
      <div className={styles.told} role="status">
        {test.going && <State state="running">{words.going}</State>}
        {problem && <ProblemBox problem={problem} />}
        {event && !problem && (
          <p>
            {event.summary} {words.counts}
          </p>
        )}
      </div>
      {event && (
        <SentAndAnswer
          detail={event}
          revealed={test.revealed}
          onReveal={test.setRevealed}
          onCopy={(what, bytes) => void copyText(bytes, words.copied(what))}
        />
      )}
    </>
  );
}
