import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import { useConnections, useSyncs } from '@/api/queries';
import { EventsScreen } from '@/features/events/EventsScreen';
import { readSearch } from '@/features/events/filter';
import { ReplayDialog } from '@/features/replay/ReplayDialog';
import { useSyncActions } from '@/features/syncs/use-sync-actions';
import { UndoDialog } from '@/features/undo/UndoDialog';
import { sampleKind } from './wizard/use-sample';

/** The one sync there is, where it reads the sample and can run. */
function useSampleSync(): string | null {
  const [sync, ...others] = useSyncs().data ?? [];
  const connections = useConnections().data ?? [];
  if (!sync || others.length > 0) return null;
  const { name, from, to } = sync.definition;
  const ofSample = connections.some((one) => one.name === from && one.kind === sampleKind);
  const canRun = to !== null && !['running', 'held', 'needs_you'].includes(sync.status);
  return ofSample && canRun ? name : null;
}

/** Live events; its filters are in the address. */
export function EventsView() {
  const navigate = useNavigate();
  const raw = useSearch({ strict: false });
  const actions = useSyncActions();
  const sample = useSampleSync();
  const [undoing, setUndoing] = useState<Event | null>(null);
  const [replaying, setReplaying] = useState<{ event: Event; correct: boolean } | null>(null);
  const openSync = (name: string) => void navigate({ to: '/syncs/$name', params: { name } });
  return (
    <>
      <EventsScreen
        search={readSearch(raw)}
        onSearch={(search) => void navigate({ to: '/events', search })}
        onNewSync={() => void navigate({ to: '/new' })}
        onSample={sample === null ? undefined : () => void actions.syncNow(sample)}
        onOpenSync={openSync}
        onUndo={setUndoing}
        onReplay={(event, correct) => setReplaying({ event, correct })}
        onPerson={(about) => void navigate({ to: '/people', search: { about } })}
      />
      {replaying && <ReplayDialog {...replaying} onClose={() => setReplaying(null)} onOpenSync={openSync} />}
      {undoing && (
        <UndoDialog
          run={undoing.run}
          startedAt={undoing.at}
          sync={undoing.sync}
          events={[undoing.event]}
          onClose={() => setUndoing(null)}
          onEvents={() => setUndoing(null)}
          onReplay={(earlier) => {
            setUndoing(null);
            setReplaying({ event: earlier, correct: false });
          }}
        />
      )}
    </>
  );
}
