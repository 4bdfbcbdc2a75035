import type { Sync } from '@/api/bindings/Sync';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { approving, text } from './ask-text';
import { isLookedAt } from './describe';
import type { SyncActions } from './use-sync-actions';

/** What is asked before it is done. */
export interface Question {
  kind: 'full' | 'delete' | 'drop' | 'approve';
  sync: Sync;
}

/** The question before a step that sends much, or loses something. */
export function SyncQuestion({
  question,
  actions,
  onClose,
  onDeleted,
  onDone,
}: {
  question: Question;
  actions: SyncActions;
  onClose: () => void;
  onDeleted?: () => void;
  /** What was asked is done. */
  onDone?: () => void;
}) {
  const { sync, kind } = question;
  const { name, to } = sync.definition;
  const run = sync.last_run;
  const held = sync.held;
  const n = held?.waiting ?? 0;
  const drop = isLookedAt(sync.problem) ? text.notSent : text.drop;
  const asked = {
    full: {
      title: text.full.title(name),
      body: text.full.body(run && run.read > 0 ? run.read : null, to ?? ''),
      yes: text.full.yes,
      go: () => actions.full(name),
      danger: false,
    },
    delete: {
      title: text.delete.title(name),
      body: text.delete.body,
      yes: text.delete.yes,
      danger: true,
      go: async () => {
        const done = await actions.remove(name);
        if (done) onDeleted?.();
        return done;
      },
    },
    drop: {
      title: drop.title,
      body: drop.body(n),
      yes: drop.yes,
      danger: !isLookedAt(sync.problem),
      go: () => actions.drop(sync, held?.run ?? 0),
    },
    approve: {
      title: text.approve.title(n),
      body: approving(sync),
      yes: text.approve.yes(n),
      danger: (held?.removed ?? 0) > 0,
      go: () => actions.approve(name, held?.run ?? 0),
    },
  }[kind];
  return (
    <Dialog
      open
      alert={asked.danger}
      onClose={onClose}
      title={asked.title}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {text.cancel}
          </Button>
          <Button
            look={asked.danger ? 'dangerSolid' : 'primary'}
            busy={actions.busy !== null}
            onPress={() =>
              void asked.go().then((done) => {
                if (!done) return;
                onClose();
                onDone?.();
              })
            }
          >
            {asked.yes}
          </Button>
        </>
      }
    >
      <p>{asked.body}</p>
    </Dialog>
  );
}
