import type { Removal } from '@/api/bindings/Removal';
import type { Sync } from '@/api/bindings/Sync';
import { count, counted } from '@/components/times';

const changes = (n: number) => counted(n, 'change', 'changes');
const records = (n: number) => counted(n, 'record', 'records');

/** Words of the questions before a step that sends much, or loses something. */
export const text = {
  full: {
    title: (name: string) => `Send every row of ${name} again?`,
    body: (rows: number | null, to: string) =>
      `${rows === null ? 'Every row' : `About ${count(rows)} rows`} would go to ${to}, changed or not. Nothing is removed there.`,
    yes: 'Send every row',
  },
  delete: {
    title: (name: string) => `Delete the sync ${name}?`,
    body: 'It stops running, and its runs and events are deleted from this computer. What was sent stays in the destination. The connections stay.',
    yes: 'Delete sync',
  },
  drop: {
    title: 'Drop this run?',
    body: (n: number) =>
      `Its ${changes(n)} are not sent. The next run compares again, and is held again if nothing changed.`,
    yes: 'Drop the run',
  },
  /** Of a run that is held because somebody asked to look first. */
  notSent: {
    title: 'Do not send these records?',
    body: (n: number) => `Nothing was sent of ${records(n)}. The next run sends what is due then.`,
    yes: 'Do not send',
  },
  approve: {
    title: (n: number) => `Send ${records(n)}?`,
    body: (added: number, changed: number, removed: number, removal: Removal, to: string) => {
      const sent = [added > 0 && `${count(added)} new`, changed > 0 && `${count(changed)} changed`];
      const told = sent.filter(Boolean).join(' and ');
      const gone = `${counted(removed, 'record is', 'records are')} ${removal === 'clear' ? 'cleared' : 'deleted'} in ${to}.`;
      return [
        told && `${told} ${added + changed === 1 ? 'record goes' : 'records go'} to ${to}.`,
        removed > 0 && gone,
      ]
        .filter(Boolean)
        .join(' ');
    },
    rest: (n: number, to: string) => `The ${records(n)} that were held back go to ${to}.`,
    yes: (n: number) => `Send ${records(n)}`,
  },
  cancel: 'Cancel',
};

/** What approving the held run of a sync does, in sentences. */
export function approving({ definition, held }: Sync): string {
  const to = definition.to ?? '';
  if (!held) return '';
  if (held.sent > 0) return text.approve.rest(held.waiting, to);
  return text.approve.body(held.added, held.changed, held.removed, definition.removed, to);
}
