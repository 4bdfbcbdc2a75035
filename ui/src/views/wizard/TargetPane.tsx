import { useEffect, useMemo } from 'react';
import { asProblem } from '@/api/client';
import { useConnections, useKind, useMappingCheck, useObjects, useSource } from '@/api/queries';
import { Button } from '@/components/Button';
import { KindIcon } from '@/components/KindIcon';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { toFields } from '@/features/payload/model';
import { queryOf } from '@/features/source/choice';
import { fieldOfKey, firstTarget, objectOf, recordProblems, takesAny } from '@/features/target/target';
import { TargetForm } from '@/features/target/TargetForm';
import { useWizard } from './context';
import { FieldPane } from './FieldPane';
import { LeftBehind } from './LeftBehind';
import { definitionOf } from './state';
import { StepFrame } from './StepFrame';
import { text as targetText } from '@/features/target/text';
import { text } from './text';
import styles from './wizard.module.css';

/** What the chosen destination does with the records. */
export function TargetPane({ connection, onChange }: { connection: string; onChange: () => void }) {
  const { state, dispatch, go } = useWizard();
  const { target, shaping } = state;
  const { identifiers, key } = state.source;
  const columns = useSource(state.warehouse.connection, queryOf(state.source)).data?.columns ?? [];
  const saved = useConnections().data?.find(({ name }) => name === connection);
  const kind = useKind(saved?.kind);
  const records = shaping.payload.shape === 'record' && kind?.accepts !== 'events';
  const objects = useObjects(records ? connection : null);
  const list = objects.data;
  const object = list && objectOf(list, target.object);
  const fields = toFields(shaping.payload, identifiers);
  const byKey = fieldOfKey(fields, key);
  useEffect(() => {
    if (!list || (object && target.matchField && !target.carried)) return;
    const first = firstTarget(list, target, byKey);
    if (
      first.object !== target.object ||
      first.matchField !== target.matchField ||
      first.carried !== target.carried
    )
      dispatch({ type: 'target', target: first });
  }, [list, object, target, byKey, dispatch]);

  const known = object && !takesAny(object) ? object : undefined;
  const definition = useMemo(() => definitionOf(state), [state]);
  const check = useMappingCheck(known && definition ? { definition, object: known } : null);
  const found = known && check.data ? check.data : undefined;
  const misfits = new Set(found?.mismatches.map(({ field }) => field)).size;
  const problems = !records
    ? []
    : objects.isFetching && !list
      ? [text.destination.loading]
      : recordProblems(target, object, fields);
  if (!kind) return null;
  return (
    <StepFrame
      step="destination"
      title={text.destination.title}
      about={(records ? text.destination.records : text.destination.events)(kind.label)}
      headEnd={
        <Button icon="target" onPress={onChange}>
          {text.destination.change}
        </Button>
      }
      problems={problems}
      note={misfits > 0 && <State state="completedWithRejections">{targetText.mismatched(misfits)}</State>}
      main={{ label: text.next, onPress: () => go('review') }}
    >
      <div className={styles.tablePane}>
        <div className={styles.tableFacts}>
          <div className={styles.chosen}>
            <KindIcon svg={kind.icon} />
            <span className={t('col')}>
              <span className={t('medium', 'data')} dir="auto">
                {connection}
              </span>
              {connection !== kind.label && <span className={t('sm', 'faint')}>{kind.label}</span>}
            </span>
          </div>
          <LeftBehind
            kind={kind}
            action={<Button onPress={() => go('payload')}>{text.left.shapeIt}</Button>}
          />
          {objects.error && (
            <ProblemBox
              problem={asProblem(objects.error)}
              action={<Button onPress={() => void objects.refetch()}>{text.review.again}</Button>}
            />
          )}
          {objects.isFetching && !list && <State state="running">{text.destination.loading}</State>}
          <TargetForm
            kind={kind}
            objects={list ?? []}
            fields={fields}
            rowKey={key}
            columns={columns.map(({ name }) => name)}
            records={records}
            target={target}
            onChange={(next) => dispatch({ type: 'target', target: next })}
          />
        </div>
        {known && <FieldPane kind={kind} object={known} check={found} />}
      </div>
    </StepFrame>
  );
}
