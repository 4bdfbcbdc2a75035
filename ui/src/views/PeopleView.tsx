import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { ExportDialog } from '@/features/events/ExportDialog';
import { readAbout } from '@/features/people/about';
import { PeopleScreen } from '@/features/people/PeopleScreen';
import { ReplayDialog } from '@/features/replay/ReplayDialog';
import { UndoDialog } from '@/features/undo/UndoDialog';

/** The record's key as it is: where it is personal, the window knows it only masked. */
const keyOf = async ({ event }: PersonEntry): Promise<string> =>
  event.key.includes('•') ? (await call('event', { event: event.event, reveal: true })).event.key : event.key;

/** Everything ever sent to one person; who it is stands in the address. */
export function PeopleView() {
  const navigate = useNavigate();
  const { about } = readAbout(useSearch({ strict: false }));
  const [exporting, setExporting] = useState(false);
  const [replaying, setReplaying] = useState<PersonEntry | null>(null);
  const [undoing, setUndoing] = useState<PersonEntry | null>(null);
  const openRequest = async (entry: PersonEntry) => {
    try {
      const { run, sync } = entry.event;
      await navigate({ to: '/events', search: { run, sync, key: await keyOf(entry) } });
    } catch (error) {
      const problem = asProblem(error);
      toasts.show(`${problem.message} ${problem.hint}`, { tone: 'bad' });
    }
  };
  return (
    <>
      <PeopleScreen
        about={about}
        onAbout={(next) =>
          void navigate({ to: '/people', search: next === undefined ? {} : { about: next } })
        }
        onUndo={setUndoing}
        onRequest={(entry) => void openRequest(entry)}
        onReplay={setReplaying}
        onExport={() => setExporting(true)}
      />
      {replaying && (
        <ReplayDialog
          event={replaying.event}
          onClose={() => setReplaying(null)}
          onOpenSync={(name) => void navigate({ to: '/syncs/$name', params: { name } })}
        />
      )}
      {undoing && (
        <UndoDialog
          run={undoing.event.run}
          startedAt={undoing.event.at}
          sync={undoing.event.sync}
          events={[undoing.event.event]}
          onClose={() => setUndoing(null)}
          onEvents={() => void openRequest(undoing)}
        />
      )}
      {exporting && about !== undefined && (
        <ExportDialog
          filter={{ about, sync: null, run: null, key: null, statuses: [], search: null, since: null }}
          count={null}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}
