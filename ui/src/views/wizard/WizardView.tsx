import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { type ComponentType, useEffect, useMemo, useReducer, useState } from 'react';
import { useAppInfo, useCatalogue, useConnections, useDrafts, useSync, useSyncs } from '@/api/queries';
import { ProblemBox } from '@/components/ProblemBox';
import { asProblem } from '@/api/client';
import { startOf } from '@/features/syncs/describe';
import { WizardContext } from './context';
import { ConnectionStep } from './ConnectionStep';
import { copyState } from './copy';
import { DestinationStep } from './DestinationStep';
import { PayloadStep } from './PayloadStep';
import { goOnAt, progressOf, stateIn, usesSample } from './progress';
import { Rail } from './Rail';
import { ReviewStep } from './ReviewStep';
import { ScheduleStep } from './ScheduleStep';
import { type WizardState, isLive, newState, reduce, stateOf } from './state';
import { type StepId, isStep, later } from './steps';
import { TableStep } from './TableStep';
import { useDraft } from './use-draft';
import { useSample } from './use-sample';
import { WarehouseStep } from './WarehouseStep';
import styles from './wizard.module.css';

const views: Record<StepId, ComponentType> = {
  warehouse: WarehouseStep,
  connection: ConnectionStep,
  table: TableStep,
  payload: PayloadStep,
  schedule: ScheduleStep,
  destination: DestinationStep,
  review: ReviewStep,
};

function Wizard({
  draft,
  step,
  initial,
  onStep,
}: {
  draft: string;
  step: StepId;
  initial: WizardState;
  onStep: (step: StepId) => void;
}) {
  const navigate = useNavigate();
  const [state, dispatch] = useReducer(reduce, initial);
  const [secrets, setSecrets] = useState({ warehouse: {}, destination: {} });
  const { saving, save, end } = useDraft(draft, state);
  const sample = useSample();
  const catalogue = useCatalogue().data;
  const connections = useConnections().data;
  const known = useMemo(
    () => ({
      kinds: new Map(
        [...(catalogue?.warehouses ?? []), ...(catalogue?.destinations ?? [])].map((kind) => [kind.id, kind]),
      ),
      connections: connections ?? [],
    }),
    [catalogue, connections],
  );
  // A saved sync goes on as it is until the changes are saved; one is not sent to the sample by a slip.
  const live = isLive(state);
  const onSampleNow = usesSample(state, known);

  useEffect(() => dispatch({ type: 'reached', step }), [step]);
  const close = () => {
    void save();
    void navigate({ to: '/' });
  };
  const wizard = {
    draft,
    state,
    dispatch,
    secrets,
    setSecrets: (which: 'warehouse' | 'destination', value: Record<string, string>) =>
      setSecrets((before) => ({ ...before, [which]: value })),
    go: onStep,
    close,
    end,
  };
  const View = views[step];
  return (
    <WizardContext value={wizard}>
      <div className={styles.window}>
        <Rail
          title={state.name}
          saving={saving}
          steps={progressOf(step, later(state.reached, step), state, known)}
          onStep={onStep}
          live={live}
          sampleBusy={sample.busy}
          onSample={
            live || onSampleNow
              ? undefined
              : () => void sample.start(dispatch).then((done) => done && onStep('table'))
          }
          onClose={close}
        />
        <main className={styles.main}>
          <View />
        </main>
      </div>
    </WizardContext>
  );
}

/** The wizard for a draft that was kept, for a new one, on a saved sync, or on a copy of one. */
export function WizardView() {
  const { draft, step } = useParams({ from: '/wizard/$draft/$step' });
  const navigate = useNavigate();
  const drafts = useDrafts();
  const info = useAppInfo();
  const start = startOf(draft);
  const sync = useSync(start?.name ?? null);
  const syncs = useSyncs();
  const kept = drafts.data?.find(({ id }) => id === draft);
  const error = drafts.error ?? info.error ?? (kept ? null : (sync.error ?? syncs.error));
  if (error) {
    return (
      <div className={styles.center}>
        <ProblemBox problem={asProblem(error)} />
      </div>
    );
  }
  if (!drafts.data || !info.data || (start && !kept && !(sync.data && syncs.data)))
    return <div className={styles.window} />;
  const zone = info.data.time_zone;
  const titles = drafts.data.map(({ title }) => title);
  // A draft of an earlier version may lack what came since.
  const initial = (): WizardState => {
    if (kept) return stateIn(kept, zone);
    if (!sync.data) return newState(zone);
    if (!start?.copy) return stateOf(sync.data, zone);
    const names = (syncs.data ?? []).map(({ definition }) => definition.name);
    return copyState(sync.data, zone, [...names, ...titles]);
  };
  if (!isStep(step))
    return <Navigate to="/wizard/$draft/$step" params={{ draft, step: goOnAt(initial()) }} replace />;
  return (
    <Wizard
      key={draft}
      draft={draft}
      step={step}
      initial={initial()}
      onStep={(next) => void navigate({ to: '/wizard/$draft/$step', params: { draft, step: next } })}
    />
  );
}
