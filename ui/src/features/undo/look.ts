import type { UndoLook } from '@/api/bindings/UndoLook';
import type { Will } from '@/api/bindings/Will';

/** Records that were looked at. */
export const total = (look: UndoLook): number =>
  look.put_back + look.create_again + look.delete + look.leave_alone + look.nothing;

/** Whether an undo can do something with such a record. */
export const writes = (will: Will): boolean =>
  will === 'put_back' || will === 'create_again' || will === 'delete';
