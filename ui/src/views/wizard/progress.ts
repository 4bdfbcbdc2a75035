import type { Connection } from '@/api/bindings/Connection';
import type { Draft } from '@/api/bindings/Draft';
import type { Kind } from '@/api/bindings/Kind';
import { choosable, namesEvent, sentLines } from '@/features/payload/model';
import { inShort, scheduleErrors, toSchedule } from '@/features/schedule/form';
import { isLookedAt, queryOf } from '@/features/source/choice';
import type { Step } from '@/components/Stepper';
import { type WizardState, newState } from './state';
import { type StepId, place, steps } from './steps';
import { sampleKind } from './use-sample';
import { text } from './text';

/** What keeps a step from being complete, in words for beside the button; the first is what to do next. */
export function openPoints(step: StepId, state: WizardState): string[] {
  const { source, shaping } = state;
  switch (step) {
    case 'warehouse':
      return state.warehouse.choice ? [] : [text.warehouse.choose];
    case 'connection':
      return state.warehouse.connection ? [] : [text.connection.noTest];
    case 'table': {
      if (source.mode !== 'sql' && !queryOf(source))
        return [source.mode === 'dbt' ? text.table.noModel : text.table.noTable];
      if (!isLookedAt(source)) return [source.mode === 'sql' ? text.table.noSql : text.table.notRead];
      const events = shaping.payload.shape !== 'record';
      return [
        ...(events && Object.keys(source.identifiers).length === 0 ? [text.table.noIdentifier] : []),
        ...(source.key.length === 0 ? [text.table.noKey] : []),
      ];
    }
    case 'payload':
      return namesEvent(shaping.payload) &&
        shaping.payload.lines.length > 0 &&
        (sentLines(shaping.payload, source.identifiers).length > 0 || shaping.payload.shape !== 'record')
        ? []
        : [text.payload.title];
    case 'schedule':
      return Object.keys(scheduleErrors(state.schedule)).length === 0 ? [] : [text.schedule.problem];
    case 'destination':
      if (state.later) return [];
      if (!state.destination.connection) return [text.destination.choose];
      return shaping.payload.shape === 'record' &&
        (state.target.carried || !(state.target.object && state.target.matchField))
        ? [text.destination.target]
        : [];
    case 'review':
      return [];
  }
}

function payloadSummary(state: WizardState): string | undefined {
  const { payload } = state.shaping;
  if (payload.lines.length === 0) return undefined;
  const on = choosable(payload, state.source.identifiers).filter((line) => line.on);
  const constants = on.filter(({ value }) => value.type === 'constant').length;
  const who = payload.shape === 'record' ? 0 : Object.keys(state.source.identifiers).length;
  return text.payload.summary(on.length - constants + who, constants);
}

/** What is known beside the wizard's own state. */
export interface Known {
  /** The kinds by their id. */
  kinds: ReadonlyMap<string, Kind>;
  connections: readonly Connection[];
}

/** The saved connection of the warehouse, once there is one. */
const connectionOf = ({ warehouse }: WizardState, { connections }: Known): Connection | undefined =>
  connections.find(({ name }) => name === warehouse.connection);

/** The rows come from the sample warehouse already. */
export const usesSample = (state: WizardState, known: Known): boolean =>
  connectionOf(state, known)?.kind === sampleKind;

/** The kind of the warehouse that is in use; of the one being chosen while none is. */
function warehouseKind(state: WizardState, known: Known): string | undefined {
  const { form, choice } = state.warehouse;
  return (
    connectionOf(state, known)?.kind ??
    form?.kind ??
    (choice && 'kind' in choice
      ? choice.kind
      : known.connections.find(({ name }) => name === choice?.saved)?.kind)
  );
}

function summaryOf(step: StepId, state: WizardState, known: Known): string | undefined {
  const { warehouse, destination, source } = state;
  switch (step) {
    case 'warehouse':
      return known.kinds.get(warehouseKind(state, known) ?? '')?.label ?? warehouse.connection ?? undefined;
    case 'connection':
      return warehouse.connection ?? undefined;
    case 'table':
      return source.mode === 'sql' ? (source.readSql ? 'SQL' : undefined) : source.table?.name;
    case 'payload':
      return payloadSummary(state);
    case 'schedule':
      return inShort(toSchedule(state.schedule));
    case 'destination':
      return destination.connection ?? (state.later ? text.destination.laterSummary : undefined);
    case 'review':
      return undefined;
  }
}

/** Steps that build on those before them. */
const ofRows: ReadonlySet<StepId> = new Set(['connection', 'table', 'payload']);

/** How a connection that does not work stands; one that was never tested is neither done nor a problem. */
function tested(connection: Connection | undefined, { kinds }: Known): 'done' | 'problem' | 'todo' {
  if (connection?.checked_ok === false) return 'problem';
  return connection?.checked_ok === null && !kinds.get(connection.kind)?.ready ? 'todo' : 'done';
}

/** The stepper's steps: what is done, what was chosen there, where one can go. */
export function progressOf(now: StepId, reached: StepId, state: WizardState, known: Known): Step<StepId>[] {
  const far = place(reached);
  let open = true;
  return steps.map(({ id, title }, index) => {
    const complete = openPoints(id, state).length === 0;
    const reachable = open && (index <= far + 1 || complete);
    // What was chosen of other rows says nothing once their warehouse is being changed.
    const stands = open || !ofRows.has(id);
    open = open && complete;
    const summary = stands && (index <= far || id === now) ? summaryOf(id, state, known) : undefined;
    const passed = index <= far && id !== 'review';
    const look =
      id === now
        ? 'now'
        : !passed || !stands
          ? 'todo'
          : id === 'connection' && complete
            ? tested(connectionOf(state, known), known)
            : complete
              ? 'done'
              : index < far
                ? 'problem'
                : 'todo';
    return { id, title, reachable, state: look, ...(summary ? { summary } : {}) };
  });
}

/** The step to go on with: the furthest that was looked at, or an earlier one that is not complete. */
export function goOnAt(state: WizardState): StepId {
  const open = steps.slice(0, place(state.reached)).find(({ id }) => openPoints(id, state).length > 0);
  return open?.id ?? state.reached;
}

/** The wizard's state as a draft keeps it. One of an earlier version may lack what came since. */
export const stateIn = ({ state }: Draft, zone: string): WizardState => ({
  ...newState(zone),
  ...(state as Partial<WizardState>),
});

/** What a draft lacks, in words: of several points the first. */
export function missingIn(draft: Draft): string {
  const state = stateIn(draft, 'UTC');
  const [first] = steps.flatMap(({ id }) => openPoints(id, state));
  return first === undefined ? text.draft.ready : text.draft.missing(first);
}
