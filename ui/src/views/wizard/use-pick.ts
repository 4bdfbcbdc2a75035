import { useState } from 'react';
import type { Plan } from '@/api/bindings/Plan';
import { type Entry, type GroupName, entriesOf, firstGroup } from '@/features/review/groups';

/** The group and record one looks at. */
export function usePick(plan: Plan | undefined) {
  const [chosen, setGroup] = useState<GroupName | null>(null);
  const [id, setId] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const group = chosen ?? (plan ? firstGroup(plan) : 'added');
  const entries = plan ? entriesOf(plan, group) : [];
  const at = Math.max(
    0,
    entries.findIndex((entry) => entry.id === id),
  );
  return {
    group,
    setGroup,
    entry: entries[at],
    previous: entries[at - 1],
    next: entries[at + 1],
    choose: (entry: Entry) => {
      setId(entry.id);
      setOpen(true);
    },
    /** Where there is no room beside the list, the record is looked at over it. */
    open,
    close: () => setOpen(false),
  };
}
