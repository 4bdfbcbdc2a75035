import { hashKey } from '@tanstack/react-query';
import type { Shape } from '@/api/bindings/Shape';
import type { Sync } from '@/api/bindings/Sync';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { text } from './text';

/** What saving a changed sync leads to: how much is sent again, and why. */
export interface Resent {
  again: 'all' | 'changed' | 'nothing';
  reasons: string[];
}

/** What is known beside the two definitions. */
export interface Around {
  /** Rows that would be sent, by a comparison or by the last run; null where nobody knows. */
  rows: number | null;
  /** Columns of the rows as they are read from now on; null while they were not read. */
  columns: readonly string[] | null;
}

const words = text.resent;
const same = (one: unknown, other: unknown): boolean => hashKey([one]) === hashKey([other]);

/** What kind of thing a row becomes. The name of a track event is a part of its payload. */
const kindOf = (shape: Shape): unknown => (shape.type === 'track' ? shape.type : shape);

function startsOver(before: SyncDefinition, after: SyncDefinition): string[] {
  const [one, other] = [before.shape, after.shape];
  const records = one.type === 'record' && other.type === 'record';
  return [
    ...(before.to === after.to ? [] : [words.destination]),
    ...(before.from === after.from ? [] : [words.warehouse]),
    ...(!records && !same(kindOf(one), kindOf(other)) ? [words.shape] : []),
    ...(records && one.object !== other.object ? [words.object] : []),
    ...(records && one.match_field !== other.match_field ? [words.matchField] : []),
  ];
}

/** Each row is sent once, whatever becomes of it. */
const sendsOnce = ({ mode }: SyncDefinition): boolean => mode === 'append' || mode === 'create';

/** Changes after which rows are still found by what was delivered of them: of the rows, then of what is done with them. */
function goesOn(before: SyncDefinition, after: SyncDefinition): [rows: string[], doing: string[]] {
  const sent = sendsOnce(after) ? words.sent.new : words.sent.different;
  const payload = ({ fields, identifiers, shape }: SyncDefinition) => ({ fields, identifiers, shape });
  const rows = [
    ...(same(before.query, after.query) ? [] : [words.rows(after.query.type, sent)]),
    ...(same(before.key, after.key) ? [] : [words.key(sent)]),
    ...(same(payload(before), payload(after)) ? [] : [words.payload(sent)]),
  ];
  const modes = before.mode !== after.mode;
  const removes = after.mode === 'mirror' && after.removed !== 'nothing';
  const gone = removes && (modes || before.removed !== after.removed || !same(before.query, after.query));
  return [
    rows,
    [
      ...(modes ? [words.mode[after.mode]] : []),
      ...(!modes && before.cursor !== after.cursor ? [words.cursor] : []),
      ...(gone ? [words.gone[after.removed === 'delete' ? 'delete' : 'clear'](after.to ?? '')] : []),
      ...(!modes && !removes && before.removed !== after.removed ? [words.stay] : []),
    ],
  ];
}

/** What of a sync says nothing about its records. */
function quiet(before: SyncDefinition, after: SyncDefinition): string[] {
  return [
    ...(before.name === after.name ? [] : [words.what.name]),
    ...(same(before.schedule, after.schedule) ? [] : [words.what.schedule]),
    ...(same(before.brakes, after.brakes) ? [] : [words.what.brakes]),
  ];
}

/** What would be sent again if the saved sync became `after`, as the program decides it. */
export function resentBy({ definition: before, held }: Sync, after: SyncDefinition, around: Around): Resent {
  const dropped = held ? [words.held] : [];
  const over = startsOver(before, after);
  if (over.length > 0) {
    const stays = before.to === null ? [] : [words.stays(before.to)];
    if (after.to === null) return { again: 'nothing', reasons: [words.without, ...stays, ...dropped] };
    return { again: 'all', reasons: [words.over(over, around.rows, after.to), ...stays, ...dropped] };
  }
  const has = (column: string) =>
    around.columns?.some((one) => one.toLowerCase() === column.toLowerCase()) ?? true;
  const lost = before.key.filter((column) => !has(column));
  if (!same(before.key, after.key) && lost.length > 0)
    return { again: 'all', reasons: [words.keyGone(lost, around.rows, after.to ?? ''), ...dropped] };
  const [rows, doing] = goesOn(before, after);
  if (rows.length + doing.length === 0)
    return { again: 'nothing', reasons: [words.only(quiet(before, after))] };
  const again = after.mode === 'full' ? 'all' : rows.length > 0 && !sendsOnce(after) ? 'changed' : 'nothing';
  return { again, reasons: [...rows, ...doing, ...dropped] };
}
