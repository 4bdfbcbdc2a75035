import type { UndoLook } from '@/api/bindings/UndoLook';

/** What undoing a run would do: some of each kind. */
export const undoLook = (run: number, sync: string): UndoLook => ({
  run,
  sync,
  put_back: 2532,
  create_again: 0,
  delete: 88,
  nothing: 0,
  leave_alone: 14,
  records: [
    {
      key: 'L-20418',
      will: 'put_back',
      fields: [
        { name: 'Lead_Score__c', now: '87', then: '61', wrote: '87', left_alone: false },
        { name: 'Rating', now: '"Hot"', then: 'null', wrote: '"Hot"', left_alone: false },
      ],
      reason: null,
    },
    { key: 'L-30001', will: 'delete', fields: [], reason: null },
    {
      key: 'L-20455',
      will: 'leave_alone',
      fields: [{ name: 'Rating', now: '"Cold"', then: '"Warm"', wrote: '"Hot"', left_alone: true }],
      reason: '“Rating” was changed since the run.',
    },
    {
      key: 'L-20533',
      will: 'leave_alone',
      fields: [],
      reason: 'The record is not in the destination any more.',
    },
  ],
});
