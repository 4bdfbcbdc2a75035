import { useState } from 'react';
import type { Phase } from '@/api/bindings/Phase';
import type { Run } from '@/api/bindings/Run';

/** What a run is doing. Just before it has ended it says nothing any more: what it did last stays. */
export function usePhase({ progress, sent }: Run): Phase {
  const [last, setLast] = useState<Phase>(progress?.phase ?? (sent > 0 ? 'sending' : 'reading'));
  const phase = progress?.phase ?? last;
  if (phase !== last) setLast(phase);
  return phase;
}
