import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { SyncScreen } from '@/features/syncs/SyncScreen';
import { UndoDialog } from '@/features/undo/UndoDialog';

export function SyncView() {
  const navigate = useNavigate();
  const { name } = useParams({ from: '/shell/syncs/$name' });
  const [undoing, setUndoing] = useState<Run | null>(null);
  return (
    <>
      <SyncScreen key={name} name={name} onUndo={setUndoing} />
      {undoing && (
        <UndoDialog
          run={undoing.run}
          startedAt={undoing.started_at}
          sync={name}
          records={undoing.delivered}
          onClose={() => setUndoing(null)}
          onEvents={() => void navigate({ to: '/events', search: { sync: name, run: undoing.run } })}
        />
      )}
    </>
  );
}
