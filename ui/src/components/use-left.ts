import { useState } from 'react';

/** Fields that were left. What is wrong with one is said once it was left, or once the user insists on going on. */
export function useLeft<Name extends string>(insist = false) {
  const [left, setLeft] = useState<readonly Name[]>([]);
  return {
    leave: (...names: Name[]) =>
      setLeft((before) => [...before, ...names.filter((name) => !before.includes(name))]),
    /** What is wrong with a field, where it is to be said. */
    told: (name: Name, error: string | undefined) => (insist || left.includes(name) ? error : undefined),
  };
}
