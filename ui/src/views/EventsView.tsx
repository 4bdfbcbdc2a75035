import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import { EventsScreen } from '@/features/events/EventsScreen';
import { readSearch } from '@/features/events/filter';
import { ReplayDialog } from '@/features/replay/ReplayDialog';
import { UndoDialog } from '@/features/undo/UndoDialog';

/** Live events; its filters are in the address. */
export function EventsView() {
  const navigate = useNavigate();
  const raw = useSearch({ strict: false });
  const [undoing, setUndoing] = useState<Event | null>(null);
  const [replaying, setReplaying] = useState<{ event: Event; correct: boolean } | null>(null);
  const openSync = (name: string) => void navigate({ to: '/syncs/$name', params: { name } });
  return (
    <>
      <EventsScreen
        search={readSearch(raw)}
        onSearch={(search) => void navigate({ to: '/events', search })}
        onNewSync={() => void navigate({ to: '/new' })}
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
