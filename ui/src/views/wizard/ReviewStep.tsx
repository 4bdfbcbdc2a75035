import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem, call } from '@/api/client';
import { usePlan, useSyncs } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button, LinkButton } from '@/components/Button';
import { TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { State } from '@/components/State';
import { clockTime, counted, duration } from '@/components/times';
import { toasts } from '@/components/toasts';
import { useLeft } from '@/components/use-left';
import { deliverable, toSend } from '@/features/review/groups';
import { useSyncActions } from '@/features/syncs/use-sync-actions';
import { useWizard } from './context';
import { focusMarked } from './focus';
import { PlanPane, PlanSide } from './PlanPane';
import { ResentBanner } from './ResentBanner';
import { StepFrame } from './StepFrame';
import { TestSide } from './TestSide';
import { definitionOf } from './state';
import { text } from './text';
import { usePick } from './use-pick';
import { useChanges } from './use-changes';
import { useResent } from './use-resent';
import { useTest } from './use-test';
import styles from './wizard.module.css';

const listed = 200;

/** What is done with the sync once it is saved. */
type Finish = 'save' | 'sync' | 'compare';

export function ReviewStep() {
  const { state, dispatch, draft, end, go } = useWizard();
  const navigate = useNavigate();
  const client = useQueryClient();
  const syncs = useSyncs().data ?? [];
  const actions = useSyncActions();
  const [busy, setBusy] = useState<Finish | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [insist, setInsist] = useState(false);
  const definition = useMemo(() => definitionOf(state), [state]);
  // The name does not change what would be sent, so typing it does not compare again.
  const [compared] = useState(definition);
  const test = useTest(definition);
  const plan = usePlan(
    definition?.to ? { sync: test.against, definition: compared, limit: listed, reveal: false } : null,
  );
  const pick = usePick(plan.data);
  const resent = useResent(definition, plan.data);
  const { changes } = useChanges();

  const name = state.name.trim();
  const taken = syncs.some(({ definition: other }) => other.name === name && other.name !== state.existing);
  const nameError = !name ? text.review.nameMissing : taken ? text.review.nameTaken : undefined;
  const { leave, told } = useLeft<'name'>(insist);
  const askName = () => {
    setInsist(true);
    focusMarked();
  };
  const tryOne = () => {
    if (nameError) askName();
    else void test.start(name, pick.entry?.record ?? null);
  };
  const finish = async (how: Finish) => {
    if (!definition || busy) return;
    if (nameError) {
      askName();
      return;
    }
    setBusy(how);
    setProblem(null);
    try {
      await call('sync_save', { existing: state.existing, definition: { ...definition, name }, draft });
      end();
      await Promise.all(
        ['drafts', 'syncs', 'app_info'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      );
      if (how === 'compare' && (await actions.lookFirst(name))) return;
      if (how === 'sync') {
        const planned = plan.data?.stamp ?? null;
        await call('sync_now', { sync: name, full: false, approve: true, review: false, planned });
      }
      if (how === 'save') toasts.show(text.review.saved(name));
      await navigate({ to: '/syncs/$name', params: { name } });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(null);
    }
  };
  const sending = plan.data ? toSend(plan.data) : 0;
  /** As many as are known to be taken; all where that is not known. */
  const arriving = (plan.data && deliverable(plan.data)) ?? sending;
  const fresh = state.existing === null || state.testing === true;
  const at = plan.dataUpdatedAt ? clockTime(new Date(plan.dataUpdatedAt)) : '';
  return (
    <StepFrame
      step="review"
      title={fresh ? text.review.title : text.review.titleAgain}
      about={
        plan.data ? (
          <>
            {text.review.text(at, duration(plan.data.seconds * 1000), state.testing ? null : fresh)}{' '}
            <LinkButton isDisabled={plan.isFetching} onPress={() => void plan.refetch()}>
              {text.review.again}
            </LinkButton>
            {plan.data.reads && plan.data.records.length < sending && (
              <>
                {' '}
                <LinkButton isDisabled={busy !== null} onPress={() => void finish('compare')}>
                  {text.review.every}
                </LinkButton>
              </>
            )}
          </>
        ) : definition?.to ? (
          text.review.comparing
        ) : (
          text.review.noDestination
        )
      }
      headEnd={
        <div className={styles.nameField}>
          <TextField
            label={text.review.name}
            size="sm"
            value={state.name}
            onChange={(value) => dispatch({ type: 'name', name: value })}
            help={text.review.nameHelp}
            onBlur={() => leave('name')}
            error={taken ? nameError : told('name', nameError)}
          />
        </div>
      }
      problems={nameError ? [insist || taken ? nameError : ''] : []}
      onInsist={() => setInsist(true)}
      note={resent && text.resent.short[resent.again]}
      other={
        sending > 0 && (
          <>
            {arriving > 0 ? (
              <Button size="lg" look="quiet" busy={busy === 'save'} onPress={() => void finish('save')}>
                {text.review.keep}
              </Button>
            ) : (
              <Button
                size="lg"
                look="quiet"
                busy={busy === 'sync' || plan.isFetching}
                onPress={() => void finish('sync')}
              >
                {text.review.syncAnyway}
              </Button>
            )}
            {fresh && (
              <Button size="lg" busy={test.going} onPress={tryOne}>
                {text.review.test.send}
              </Button>
            )}
          </>
        )
      }
      main={
        arriving > 0
          ? {
              label: text.review.sync(counted(arriving, 'record', 'records')),
              busy: busy === 'sync' || plan.isFetching,
              onPress: () => void finish('sync'),
            }
          : {
              label: text.review.save,
              busy: busy !== null || plan.isFetching,
              onPress: () => void finish('save'),
            }
      }
    >
      <SplitPane
        id="review"
        label={text.review.title}
        size={424}
        open={test.shown || pick.open}
        onClose={test.shown ? test.close : pick.close}
        side={test.shown ? <TestSide test={test} /> : plan.data && <PlanSide plan={plan.data} pick={pick} />}
      >
        {problem && (
          <div className={styles.tableFacts}>
            <ProblemBox problem={problem} />
          </div>
        )}
        <ResentBanner resent={resent} changes={changes} />
        {!definition?.to && (
          <div className={styles.tableFacts}>
            <Banner tone="info">{text.review.noDestination}</Banner>
          </div>
        )}
        {plan.isFetching && !plan.data && (
          <div className={styles.tableFacts}>
            <State state="running">{text.review.comparing}</State>
          </div>
        )}
        {plan.error && (
          <div className={styles.tableFacts}>
            <ProblemBox
              problem={asProblem(plan.error)}
              action={
                <Button icon="refresh" onPress={() => void plan.refetch()}>
                  {text.review.again}
                </Button>
              }
            />
          </div>
        )}
        {plan.data && (
          <PlanPane
            plan={plan.data}
            to={definition?.to ?? ''}
            pick={pick}
            onRules={() => go('payload')}
            onCompare={
              plan.data.records.length < sending && busy === null ? () => void finish('compare') : undefined
            }
          />
        )}
      </SplitPane>
    </StepFrame>
  );
}
