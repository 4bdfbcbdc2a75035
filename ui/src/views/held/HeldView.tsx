import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '@/api/client';
import { useSync } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { counted } from '@/components/times';
import { SinceDialog } from '@/features/review/SinceDialog';
import { approving } from '@/features/syncs/ask-text';
import { isLookedAt } from '@/features/syncs/describe';
import { RunPanel } from '@/features/syncs/RunPanel';
import { SyncQuestion } from '@/features/syncs/SyncQuestion';
import { useSyncActions } from '@/features/syncs/use-sync-actions';
import { HeldRecords } from './HeldRecords';
import { text } from './text';
import { useHeldRun } from './use-held-run';
import { useSend } from './use-send';
import styles from './held.module.css';

/** A held run: what it would do, record by record, and the two answers. While it is still read, how far. */
export function HeldView() {
  const { name } = useParams({ from: '/shell/syncs/$name/held' });
  const { run: watched } = useSearch({ from: '/shell/syncs/$name/held' });
  const navigate = useNavigate();
  const { data: sync, error, isFetching } = useSync(name);
  const actions = useSyncActions();
  const [dropping, setDropping] = useState(false);
  const back = () => void navigate({ to: '/syncs/$name', params: { name } });
  const { run, reading } = useHeldRun(sync, watched ?? null, isFetching, back);
  const send = useSend(name, run, actions, back);
  const { asking, found } = send;
  const looked = isLookedAt(sync?.problem ?? null);
  const question = dropping ? 'drop' : asking === 'approve' ? 'approve' : null;
  return (
    <>
      <Toolbar
        help="held"
        title={
          <>
            <bdi className={t('cut')}>{name}</bdi>
            {reading ? <State state="running" /> : <State state="held">{text.title}</State>}
          </>
        }
      >
        <Button look="quiet" icon="left" onPress={back}>
          {text.back}
        </Button>
        {run && (
          <>
            {send.looking && asking === null ? (
              <Button look="quiet" onPress={send.unlooked}>
                {text.withoutLooking}
              </Button>
            ) : (
              <Button look={looked ? 'quiet' : 'secondary'} onPress={() => setDropping(true)}>
                {looked ? text.doNotSend : text.drop}
              </Button>
            )}
            <Button look="primary" busy={send.looking && asking === null} onPress={send.start}>
              {send.looking && asking === null
                ? text.looking
                : text.send(counted(run.waiting, 'record', 'records'))}
            </Button>
          </>
        )}
      </Toolbar>
      <Body className={styles.body}>
        {error && (
          <div className={styles.banner}>
            <ProblemBox problem={asProblem(error)} />
          </div>
        )}
        {sync && !run && !reading && !isFetching && (
          <div className={styles.banner}>
            <Banner tone="info" action={<Button onPress={back}>{text.open}</Button>}>
              {text.none}
            </Banner>
          </div>
        )}
        {reading && (
          <RunPanel
            key={reading.run}
            run={reading}
            to={sync?.definition.to ?? ''}
            busy={actions.busy === `cancel ${String(reading.run)}`}
            onCancel={() => void actions.cancel(name, reading.run)}
          />
        )}
        {run && sync && (
          <>
            <div className={styles.banner}>
              <Banner tone="warn">
                <p>
                  <b>{sync.problem?.message}</b>
                </p>
                <p className={t('soft')}>
                  {sync.problem?.safe} {text.exact}
                </p>
              </Banner>
            </div>
            <HeldRecords key={run.run} name={name} run={run} to={sync.definition.to ?? ''} />
          </>
        )}
      </Body>
      {question && sync && (
        <SyncQuestion
          question={{ kind: question, sync }}
          actions={actions}
          onClose={() => {
            setDropping(false);
            send.close();
          }}
          onDone={back}
        />
      )}
      {asking === 'since' && found && run && sync && (
        <SinceDialog
          found={found}
          readAt={run.started_at}
          sends={approving(sync)}
          danger={run.removed > 0}
          busy={
            send.looking
              ? 'check'
              : actions.busy === `look ${name}`
                ? 'again'
                : actions.busy === `run ${name}`
                  ? 'send'
                  : null
          }
          onReadAgain={send.readAgain}
          onCheck={send.check}
          onSend={send.sendAnyway}
          onClose={send.close}
        />
      )}
    </>
  );
}
