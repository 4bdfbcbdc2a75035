import { choosable, sentLines } from '@/features/payload/model';
import { inShort, scheduleErrors, toSchedule } from '@/features/schedule/form';
import { isLookedAt, queryOf } from '@/features/source/choice';
import type { Step } from '@/components/Stepper';
import type { WizardState } from './state';
import { type StepId, place, steps } from './steps';
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
      if (source.mode === 'table' && !queryOf(source)) return [text.table.noTable];
      if (!isLookedAt(source)) return [source.mode === 'table' ? text.table.notRead : text.table.noSql];
      const events = shaping.payload.shape !== 'record';
      return [
        ...(events && Object.keys(source.identifiers).length === 0 ? [text.table.noIdentifier] : []),
        ...(source.key.length === 0 ? [text.table.noKey] : []),
      ];
    }
    case 'payload':
      return shaping.payload.lines.length > 0 &&
        (sentLines(shaping.payload, source.identifiers).length > 0 || shaping.payload.shape !== 'record')
        ? []
        : [text.payload.title];
    case 'schedule':
      return Object.keys(scheduleErrors(state.schedule)).length === 0 ? [] : [text.schedule.problem];
    case 'destination':
      if (state.later) return [];
      if (!state.destination.connection) return [text.destination.choose];
      return shaping.payload.shape === 'record' && !(state.target.object && state.target.matchField)
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

function summaryOf(step: StepId, state: WizardState, kinds: ReadonlyMap<string, string>): string | undefined {
  const { warehouse, destination, source } = state;
  switch (step) {
    case 'warehouse':
      return warehouse.form
        ? kinds.get(warehouse.form.kind)
        : warehouse.choice && 'kind' in warehouse.choice
          ? kinds.get(warehouse.choice.kind)
          : (warehouse.connection ?? undefined);
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

/** The stepper's steps: what is done, what was chosen there, where one can go. */
export function progressOf(
  now: StepId,
  reached: StepId,
  state: WizardState,
  kinds: ReadonlyMap<string, string>,
): Step<StepId>[] {
  const far = place(reached);
  let open = true;
  return steps.map(({ id, title }, index) => {
    const complete = openPoints(id, state).length === 0;
    const reachable = open && (index <= far + 1 || complete);
    open = open && complete;
    const summary = index <= far || id === now ? summaryOf(id, state, kinds) : undefined;
    const passed = index <= far && id !== 'review';
    const look =
      id === now ? 'now' : passed && complete ? 'done' : passed && index < far ? 'problem' : 'todo';
    return { id, title, reachable, state: look, ...(summary ? { summary } : {}) };
  });
}

/** The step to go on with: the furthest that was looked at, or an earlier one that is not complete. */
export function goOnAt(state: WizardState): StepId {
  const open = steps.slice(0, place(state.reached)).find(({ id }) => openPoints(id, state).length > 0);
  return open?.id ?? state.reached;
}
