import type { UndoLook } from '@/api/bindings/UndoLook';
import type { Will } from '@/api/bindings/Will';

const changed = 'It was changed since the run.';

const whole = (run: number, sync: string): UndoLook => ({
  run,
  sync,
  put_back: 2532,
  values: 4118,
  fields: 5,
  create_again: 0,
  delete: 88,
  nothing: 0,
  leave_alone: 14,
  reasons: [
    { reason: '“Rating” was changed since the run.', records: 11 },
    { reason: 'The record is not in the destination any more.', records: 3 },
  ],
  waiting: 0,
  records: [
    {
      event: '1-1-0',
      key: 'L-20418',
      who: 'a•••@example.com',
      will: 'put_back',
      fields: [
        { name: 'Lead_Score__c', now: '87', then: '61', wrote: '87', left_alone: false, reason: null },
        { name: 'Rating', now: '"Hot"', then: 'null', wrote: '"Hot"', left_alone: false, reason: null },
      ],
      reason: null,
    },
    { event: '2-2-0', key: 'L-30001', who: 'n•••@example.com', will: 'delete', fields: [], reason: null },
    {
      event: '3-3-0',
      key: 'L-20455',
      who: 'o•••@example.com',
      will: 'leave_alone',
      fields: [
        { name: 'Rating', now: '"Cold"', then: '"Warm"', wrote: '"Hot"', left_alone: true, reason: changed },
        { name: 'Owner', now: '"Lin"', then: '"Okafor"', wrote: '"Ruiz"', left_alone: true, reason: changed },
      ],
      reason: '“Rating” was changed since the run.',
    },
    {
      event: '4-4-0',
      key: 'L-20533',
      who: null,
      will: 'leave_alone',
      fields: [],
      reason: 'The record is not in the destination any more.',
    },
  ],
});

/** What undoing a run would do: some of each kind; or of those records that are asked for. */
export function undoLook(
  run: number,
  sync: string,
  { events = [], search }: { events?: string[]; search?: string | undefined } = {},
): UndoLook {
  const look = whole(run, sync);
  const records = look.records.filter(
    ({ event, key, who }) =>
      (events.length === 0 || events.includes(event)) &&
      (search === undefined || `${key} ${who ?? ''}`.toLowerCase().includes(search.toLowerCase())),
  );
  if (records.length === look.records.length) return look;
  const of = (will: Will) => records.filter((record) => record.will === will).length;
  return {
    ...look,
    put_back: of('put_back'),
    values: 2 * of('put_back'),
    fields: 2 * of('put_back'),
    delete: of('delete'),
    leave_alone: of('leave_alone'),
    reasons: look.reasons
      .map(({ reason }) => ({ reason, records: records.filter((one) => one.reason === reason).length }))
      .filter(({ records: n }) => n > 0),
    records,
  };
}
