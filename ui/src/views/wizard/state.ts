import type { Brakes } from '@/api/bindings/Brakes';
import type { Kind } from '@/api/bindings/Kind';
import type { Source } from '@/api/bindings/Source';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import type { Choice } from '@/features/connection/ConnectionChoice';
import type { ConnectionForm } from '@/features/connection/form';
import { type Shaping, shaping } from '@/features/payload/edits';
import { noPayload, payloadOf, toFields, toShape, withColumns } from '@/features/payload/model';
import { type ScheduleForm, formOf, newSchedule, toSchedule } from '@/features/schedule/form';
import { type SourceChoice, choiceOf, looked, noSource, queryOf } from '@/features/source/choice';
import { type Target, fieldOfKey, noTarget } from '@/features/target/target';
import { type Was, connect, withColumnsOf, withoutColumns } from './connect';
import { type StepId, later } from './steps';

/** One end of the sync: what is picked, its form while it is new, and the saved connection once there is one. */
export interface End {
  choice: Choice;
  form: ConnectionForm | null;
  connection: string | null;
}

/** Everything the wizard knows, without secrets: it is stored as the draft. */
export interface WizardState {
  /** The sync's name; follows the table until the user types one. */
  name: string;
  named: boolean;
  /** The saved sync being changed, if it is one. */
  existing: string | null;
  /** The furthest step that was looked at. */
  reached: StepId;
  /** It is saved only because a record was sent as a test: its schedule waits until the wizard is done. */
  testing?: true;
  warehouse: End;
  source: SourceChoice;
  shaping: Shaping;
  schedule: ScheduleForm;
  destination: End;
  /** When its runs are held; null as usual. */
  brakes: Brakes | null;
  /** The sync is kept without a destination. */
  later: boolean;
  target: Target;
  /** What did not go along to the destination that was chosen, until it was looked at. */
  was?: Was;
}

/** A saved sync is being changed: it goes on as it was until the changes are saved. */
export const isLive = ({ existing, testing }: WizardState): boolean => existing !== null && !testing;

export type WizardAction =
  | { type: 'end'; end: 'warehouse' | 'destination'; part: Partial<End> }
  | { type: 'connected'; kind: Kind; connection: string }
  | { type: 'later' }
  | { type: 'source'; source: SourceChoice }
  /** `key` names a row, where somebody has said so. */
  | { type: 'looked'; source: Source; key?: string[] }
  | { type: 'shaping'; shaping: Shaping }
  | { type: 'schedule'; schedule: ScheduleForm }
  | { type: 'target'; target: Target }
  | { type: 'reshaped' }
  | { type: 'name'; name: string }
  | { type: 'kept'; name: string }
  | { type: 'reached'; step: StepId };

export const noEnd: End = { choice: null, form: null, connection: null };

export const newState = (zone: string): WizardState => ({
  name: '',
  named: false,
  existing: null,
  reached: 'warehouse',
  warehouse: noEnd,
  source: noSource,
  shaping: shaping(noPayload),
  schedule: newSchedule(zone),
  destination: noEnd,
  brakes: null,
  later: false,
  target: noTarget,
});

/** The wizard on a saved sync. */
export function stateOf({ definition }: Sync, zone: string): WizardState {
  const end = (connection: string | null): End => ({
    choice: connection ? { saved: connection } : null,
    form: null,
    connection,
  });
  const { shape } = definition;
  return {
    name: definition.name,
    named: true,
    existing: definition.name,
    reached: 'review',
    warehouse: end(definition.from),
    source: choiceOf(definition.query, definition.identifiers, definition.key),
    shaping: shaping(payloadOf(shape, definition.fields)),
    schedule: formOf(definition.schedule, zone),
    destination: end(definition.to),
    brakes: definition.brakes,
    later: definition.to === null,
    target: {
      object: shape.type === 'record' ? shape.object : '',
      matchField: shape.type === 'record' ? shape.match_field : '',
      mode: definition.mode,
      removed: definition.removed,
      cursor: definition.cursor,
    },
  };
}

/** `lead_scores` as `Lead scores`. */
export function spoken(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function reduce(state: WizardState, action: WizardAction): WizardState {
  switch (action.type) {
    case 'end':
      return { ...state, [action.end]: { ...state[action.end], ...action.part } };
    case 'connected':
      return connect(state, action.kind, action.connection);
    case 'later':
      return { ...state, later: true, destination: noEnd };
    case 'source': {
      const { table, mode } = action.source;
      const name = state.named ? state.name : mode === 'sql' ? 'SQL' : table ? spoken(table.name) : '';
      return { ...state, source: action.source, name };
    }
    case 'looked': {
      const { columns } = action.source;
      const events = state.shaping.payload.shape !== 'record';
      const source = looked(state.source, action.source, {
        keep: isLive(state),
        events,
        known: action.key ?? [],
      });
      const other = source.lookedAt !== state.source.lookedAt;
      const before = !other
        ? state.shaping
        : isLive(state)
          ? withColumnsOf(state.shaping, new Set(columns.map(({ name }) => name)))
          : withoutColumns(state.shaping);
      const payload = withColumns(before.payload, columns);
      return payload === before.payload && source === state.source
        ? state
        : { ...state, source, shaping: { ...before, payload } };
    }
    case 'shaping': {
      const { was, ...rest } = state;
      // Who chooses a shape by hand has seen that there is another.
      const chosen = action.shaping.payload.shape !== state.shaping.payload.shape;
      return { ...rest, shaping: action.shaping, ...(was && !chosen ? { was } : {}) };
    }
    case 'reshaped': {
      const { was, ...rest } = state;
      return was ? rest : state;
    }
    case 'schedule':
      return { ...state, schedule: action.schedule };
    case 'target':
      return { ...state, target: action.target };
    case 'name':
      return { ...state, name: action.name, named: true };
    case 'kept':
      return { ...state, name: action.name, named: true, existing: action.name, testing: true };
    case 'reached': {
      const reached = later(state.reached, action.step);
      return reached === state.reached ? state : { ...state, reached };
    }
  }
}

/** The sync as it stands, or null while it has no rows or no schedule yet. */
export function definitionOf(state: WizardState): SyncDefinition | null {
  const query = queryOf(state.source);
  const { connection } = state.warehouse;
  if (!query || !connection) return null;
  const { payload } = state.shaping;
  const fields = toFields(payload, state.source.identifiers);
  // Until the destination's match field is chosen, a record is found again by its row key.
  const matchField = state.target.matchField || fieldOfKey(fields, state.source.key);
  return {
    name: state.name.trim() || 'New sync',
    from: connection,
    query,
    key: state.source.key,
    to: state.destination.connection,
    shape: toShape(payload, state.target.object, matchField),
    mode: state.target.mode,
    removed: state.target.mode === 'mirror' ? state.target.removed : 'nothing',
    identifiers: state.source.identifiers,
    // The match field is what records are looked up by: it always goes out.
    fields: fields.map((field) => (field.key === matchField ? { ...field, only_if_empty: false } : field)),
    schedule: toSchedule(state.schedule) ?? { type: 'manual' },
    brakes: state.brakes,
    cursor: state.target.mode === 'append' ? state.target.cursor : null,
  };
}
