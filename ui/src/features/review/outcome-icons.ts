import type { PlanGroup } from '@/api/bindings/PlanGroup';
import type { IconName } from '@/components/Icon';

/** The sign of what becomes of a record. */
export const outcomeIcons: Record<PlanGroup, IconName> = {
  create: 'plus',
  update: 'pencil',
  same: 'same',
  remove: 'minus',
  fail: 'badCircle',
};
