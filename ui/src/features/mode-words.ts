import type { Mode } from '@/api/bindings/Mode';

/** The modes, in the words of every place that names them. */
export const modeWords: Record<Mode, string> = {
  upsert: 'Create and update',
  update: 'Only update what exists',
  create: 'Only create what is missing',
  mirror: 'Mirror: also act on rows that are gone',
  append: 'Send each new row once',
  full: 'Send every row on every run',
};
