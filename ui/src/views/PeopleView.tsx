import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { moment, useNow } from '@/components/when';
import { ExportDialog } from '@/features/events/ExportDialog';
import { RequestDialog } from '@/features/events/RequestDialog';
import { readAbout } from '@/features/people/about';
import { PeopleScreen } from '@/features/people/PeopleScreen';
import { ReplayDialog } from '@/features/replay/ReplayDialog';
import { text } from '@/features/people/text';
import { UndoDialog } from '@/features/undo/UndoDialog';

/** The record's key as it is: where it is personal, the window knows it only masked. */
const keyOf = async ({ event }: PersonEntry): Promise<string> =>
  event.key.includes('•') ? (await call('event', { event: event.event, reveal: true })).event.key : event.key;

/** Everything ever sent to one person; who it is stands in the address. */
export function PeopleView() {
  const navigate = useNavigate();
  const { about } = readAbout(useSearch({ strict: false }));
  const now = useNow();
  const [exporting, setExporting] = useState(false);
  const [shown, setShown] = useState<PersonEntry | null>(null);
  const [replaying, setReplaying] = useState<Event | null>(null);
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
        onRequest={setShown}
        onReplay={(entry) => setReplaying(entry.event)}
        onExport={() => setExporting(true)}
      />
      {shown && (
        <RequestDialog
          event={shown.event}
          title={text.requestOf(shown.event.sync, moment(shown.event.at, now))}
          onClose={() => setShown(null)}
          onOpen={() => void openRequest(shown)}
        />
      )}
      {replaying && (
        <ReplayDialog
          event={replaying}
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
          onReplay={(earlier) => {
            setUndoing(null);
            setReplaying(earlier);
          }}
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
