import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { EventDetail as Detail } from '@/api/bindings/EventDetail';
import { eventStates } from '@/api/sync-state';
import { asProblem } from '@/api/client';
import { eventWord } from '@/api/state-words';
import { Button, IconButton } from '@/components/Button';
import { Menu } from '@/components/Menu';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { State } from '@/components/State';
import { Tabs } from '@/components/Tabs';
import { t } from '@/components/text';
import { clockMillis, exactTime } from '@/components/times';
import { closing } from '@/components/shortcut';
import { useEscape } from '@/components/use-escape';
import { shortDay, useNow } from '@/components/when';
import { inEvents } from '../shortcuts';
import { Attempts } from './EventAttempts';
import { SentAndAnswer } from './EventBytes';
import { Facts } from './EventFacts';
import { text } from './text';
import styles from './EventDetail.module.css';

/** Kinds of problem that another value mends. */
const ofValue = [
  'record_rejected',
  'request_refused',
  'bad_value',
  'too_large',
  'not_in_list',
  'value_taken',
  'duplicate_rule',
  'required_missing',
  'text_too_long',
  'rule_refused',
  'reference_missing',
];

export interface EventDetailProps {
  event: Event;
  detail: Detail | undefined;
  /** Why it could not be read. */
  error: unknown;
  revealed: boolean;
  onReveal: (reveal: boolean) => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onClose: () => void;
  onRetry: () => void;
  retrying: boolean;
  onDiscard: () => void;
  /** What it wrote is taken back. */
  onUndo: () => void;
  /** It goes out once more. */
  onReplay: () => void;
  /** It goes out once more, corrected. */
  onFix: () => void;
  onCopy: (what: string, bytes: string) => void;
  onPerson: (event: Event) => void;
  onOnly: (filter: { key: string; sync: string } | { run: number; sync: string }) => void;
}

/** One record: the sentence first, the bytes second. */
export function EventDetail({
  event,
  detail,
  error,
  revealed,
  onReveal,
  onPrevious,
  onNext,
  onClose,
  onRetry,
  retrying,
  onDiscard,
  onUndo,
  onReplay,
  onFix,
  onCopy,
  onPerson,
  onOnly,
}: EventDetailProps) {
  const now = useNow();
  useEscape(onClose);
  const [tab, setTab] = useState('bytes');
  const shown = detail?.event ?? event;
  const words = text.detail;
  const off = { isDisabled: true };
  const problem = detail?.problem;
  const fixable = shown.retryable && shown.status === 'rejected' && ofValue.includes(problem?.kind ?? '');
  return (
    <>
      <SideHead>
        <State state={eventStates[shown.status].state}>{eventWord(shown.status)}</State>
        <span className={t('sm', 'soft')} title={exactTime(shown.at)}>
          {shortDay(shown.at, now)} {clockMillis(shown.at)}
        </span>
        <span className={t('grow')} />
        <IconButton
          icon="up"
          label={words.previous}
          keys={inEvents.previous.keys}
          {...(onPrevious ? { onPress: onPrevious } : off)}
        />
        <IconButton
          icon="down"
          label={words.next}
          keys={inEvents.next.keys}
          {...(onNext ? { onPress: onNext } : off)}
        />
        <IconButton icon="cross" label={words.close} keys={closing.keys} onPress={onClose} />
      </SideHead>
      {error !== null && !detail && (
        <div className={styles.sentence}>
          <ProblemBox problem={asProblem(error)} />
        </div>
      )}
      <div className={styles.sentence}>
        {problem ? (
          <p>
            <b>{problem.message}</b> {problem.safe} {problem.hint}
          </p>
        ) : (
          <p>{detail?.summary ?? ' '}</p>
        )}
        <div className={styles.answers}>
          {fixable && (
            <Button look="primary" icon="pencil" onPress={onFix}>
              {words.fix}
            </Button>
          )}
          {shown.retryable && (
            <Button look={fixable ? 'secondary' : 'primary'} icon="refresh" busy={retrying} onPress={onRetry}>
              {words.retry}
            </Button>
          )}
          {shown.discardable && <Button onPress={onDiscard}>{words.discard}</Button>}
          <Button isDisabled={!detail?.payload} onPress={() => detail && onCopy('JSON', detail.payload)}>
            {words.copyJson}
          </Button>
          {detail?.curl && (
            <Button onPress={() => detail.curl && onCopy(words.curl, detail.curl)}>{words.copyCurl}</Button>
          )}
          <Menu
            label={words.more}
            trigger={<IconButton icon="more" label={words.more} size="md" />}
            actions={[
              ...(shown.status === 'delivered'
                ? [{ id: 'undo', label: words.undo, icon: 'undo' as const, onAction: onUndo }]
                : []),
              ...(shown.status === 'invalid'
                ? []
                : [{ id: 'replay', label: words.replay, icon: 'refresh' as const, onAction: onReplay }]),
              {
                id: 'person',
                label: words.person,
                icon: 'person',
                onAction: () => onPerson(shown),
              },
              {
                id: 'record',
                label: words.onlyRecord,
                icon: 'filter',
                onAction: () => onOnly({ key: shown.key, sync: shown.sync }),
              },
              {
                id: 'run',
                label: words.onlyRun,
                icon: 'filter',
                onAction: () => onOnly({ run: shown.run, sync: shown.sync }),
              },
            ]}
          />
        </div>
      </div>
      <Tabs
        label={words.label}
        value={tab}
        onChange={setTab}
        items={[
          { id: 'summary', label: words.tabs.summary, content: <Facts event={shown} detail={detail} /> },
          {
            id: 'bytes',
            label: words.tabs.bytes,
            content: (
              <SentAndAnswer detail={detail} revealed={revealed} onReveal={onReveal} onCopy={onCopy} />
            ),
          },
          {
            id: 'attempts',
            label: words.tabs.attempts,
            ...(detail ? { count: detail.attempts.length } : {}),
            content: (
              <Attempts
                status={shown.status}
                attempts={detail?.attempts ?? []}
                next={detail?.next_attempt_at ?? null}
              />
            ),
          },
        ]}
      />
    </>
  );
}
