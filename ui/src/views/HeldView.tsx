import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '@/api/client';
import { useSync } from '@/api/queries';
import { useHeld } from '@/api/run-queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { counted } from '@/components/times';
import { Waiting } from '@/components/Waiting';
import { editOf } from '@/features/syncs/describe';
import { SyncQuestion, type Question } from '@/features/syncs/SyncQuestion';
import { useSyncActions } from '@/features/syncs/use-sync-actions';
import { text } from './held.text';
import { PlanPane, PlanSide } from './wizard/PlanPane';
import { usePick } from './wizard/use-pick';
import styles from './HeldView.module.css';

/** Records of each group that are listed. */
const listed = 200;

/** A held run: what it would do, record by record, and the two answers. */
export function HeldView() {
  const { name } = useParams({ from: '/shell/syncs/$name/held' });
  const navigate = useNavigate();
  const { data: sync, error } = useSync(name);
  const actions = useSyncActions();
  const [question, setQuestion] = useState<Question['kind'] | null>(null);
  const run = sync?.held ?? null;
  const plan = useHeld(run ? { run: run.run, limit: listed, reveal: false } : null);
  const pick = usePick(plan.data);
  const back = () => void navigate({ to: '/syncs/$name', params: { name } });
  const edit = () =>
    void navigate({ to: '/wizard/$draft/$step', params: { draft: editOf(name), step: 'payload' } });
  const failed = error ?? plan.error;
  return (
    <>
      <Toolbar
        title={
          <>
            <bdi className={t('cut')}>{name}</bdi>
            <State state="held">{text.title}</State>
          </>
        }
      >
        <Button look="quiet" icon="left" onPress={back}>
          {text.back}
        </Button>
        {run && (
          <>
            <Button onPress={() => setQuestion('drop')}>{text.drop}</Button>
            <Button look="primary" onPress={() => setQuestion('approve')}>
              {text.send(counted(run.waiting, 'record', 'records'))}
            </Button>
          </>
        )}
      </Toolbar>
      <Body>
        {failed && (
          <div className={styles.banner}>
            <ProblemBox problem={asProblem(failed)} />
          </div>
        )}
        {sync && !run && (
          <div className={styles.banner}>
            <Banner tone="info" action={<Button onPress={back}>{text.open}</Button>}>
              {text.none}
            </Banner>
          </div>
        )}
        {run && (
          <div className={styles.banner}>
            <Banner tone="warn">
              <p>
                <b>{sync?.problem?.message}</b>
              </p>
              <p className={t('soft')}>
                {sync?.problem?.safe} {text.exact}
              </p>
            </Banner>
          </div>
        )}
        {plan.data ? (
          <SplitPane
            id="held"
            label={text.record}
            size={424}
            open={pick.open}
            onClose={pick.close}
            side={<PlanSide plan={{ ...plan.data, held: null }} pick={pick} />}
          >
            <PlanPane plan={plan.data} pick={pick} onRules={edit} />
          </SplitPane>
        ) : (
          run && !failed && <Waiting label={text.reading} />
        )}
      </Body>
      {question && sync && (
        <SyncQuestion
          question={{ kind: question, sync }}
          actions={actions}
          onClose={() => setQuestion(null)}
          onDone={back}
        />
      )}
    </>
  );
}
