import type { Kind } from '@/api/bindings/Kind';
import { identifiersAsFields, setShape, withoutOnlyIfEmpty } from '@/features/payload/actions';
import { type Shaping, shaping } from '@/features/payload/edits';
import { type ShapeName, shapesOf } from '@/features/payload/model';
import { noSource } from '@/features/source/choice';
import type { Target } from '@/features/target/target';
import { text as targetText } from '@/features/target/text';
import { type WizardState, isLive } from './state';
import { text } from './text';

/** What was shaped for the destination before, while some of it does not go along to the new one. */
export interface Was {
  shape: ShapeName;
  /** The event's name, or the column that has it. */
  event: string;
  target: Target;
  /** Fields that were filled only where they were empty. */
  onlyIfEmpty: number;
}

const shapedNow = ({ shaping: { payload }, target }: WizardState): Was => ({
  shape: payload.shape,
  event: payload.eventNameColumn ?? payload.eventName,
  target,
  onlyIfEmpty: payload.shape === 'record' ? payload.lines.filter((line) => line.onlyIfEmpty).length : 0,
});

/** What of it a destination of this kind does not take along, in sentences; rows go out in `shape` now. */
export function leftBehind(was: Was, shape: ShapeName, kind: Kind): string[] {
  const { left } = text;
  const [records, before] = [shape === 'record', was.shape === 'record'];
  const { object, matchField, mode, removed } = was.target;
  const keepsMode = kind.modes.includes(mode);
  return [
    ...(records === before ? [] : [records ? left.toRecords(kind.label) : left.toEvents(kind.label)]),
    ...(records && !before ? [left.identifiers] : []),
    ...(records && was.shape === 'track' && was.event.trim() ? [left.event(was.event)] : []),
    ...(before && !records && object ? [left.object(object, matchField)] : []),
    ...(keepsMode ? [] : [targetText.cannot[mode](kind.label)]),
    ...(keepsMode && mode === 'mirror' && !kind.removals.includes(removed)
      ? [targetText.cannotRemove[removed](kind.label)]
      : []),
    ...(was.onlyIfEmpty > 0 && !(records && kind.reads) ? [left.onlyIfEmpty(was.onlyIfEmpty)] : []),
  ];
}

/** Another warehouse or another query has other columns: what was shaped on them goes, constants stay. */
export function withoutColumns(state: Shaping): Shaping {
  return shaping({
    ...state.payload,
    lines: state.payload.lines.filter(({ value }) => value.type === 'constant'),
  });
}

/** Other rows of a sync that is saved: what was shaped on columns they have as well stays. */
export function withColumnsOf(state: Shaping, columns: ReadonlySet<string>): Shaping {
  return shaping({
    ...state.payload,
    lines: state.payload.lines.filter(({ value }) => value.type !== 'column' || columns.has(value.column)),
  });
}

function toWarehouse(state: WizardState, connection: string): WizardState {
  const warehouse = { ...state.warehouse, connection, choice: { saved: connection } };
  if (state.warehouse.connection === connection) return { ...state, warehouse };
  // A saved sync mostly moves to where the same rows are: they are looked for there.
  if (isLive(state)) return { ...state, warehouse, source: { ...state.source, lookedAt: null } };
  return { ...state, warehouse, source: noSource, shaping: withoutColumns(state.shaping) };
}

function toDestination({ was: known, ...state }: WizardState, kind: Kind, connection: string): WizardState {
  const was = known ?? shapedNow(state);
  const { shape: now } = state.shaping.payload;
  const shapes = shapesOf(kind.accepts);
  const shape = [was.shape, now].find((one) => shapes.includes(one)) ?? shapes[0] ?? 'identify';
  const { mode, removed } = state.target;
  const target: Target = {
    ...state.target,
    mode: kind.modes.includes(mode) ? mode : (kind.modes[0] ?? 'upsert'),
    removed: kind.removals.includes(removed) ? removed : (kind.removals[0] ?? 'nothing'),
    ...(state.destination.connection === connection ? {} : { carried: true as const }),
  };
  const reshaped = setShape(kind.reads ? state.shaping : withoutOnlyIfEmpty(state.shaping), shape);
  return {
    ...state,
    later: false,
    destination: { ...state.destination, connection, choice: { saved: connection } },
    target,
    shaping:
      shape === 'record' && now !== 'record'
        ? identifiersAsFields(reshaped, Object.values(state.source.identifiers))
        : reshaped,
    ...(leftBehind(was, shape, kind).length > 0 ? { was } : {}),
  };
}

/** A saved connection is taken as one end of the sync. */
export const connect = (state: WizardState, kind: Kind, connection: string): WizardState =>
  kind.accepts ? toDestination(state, kind, connection) : toWarehouse(state, connection);
