import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { text } from './text';
import type { Discards } from './use-discard';

/** The question before records are given up. */
export function DiscardQuestion({ discard }: { discard: Discards }) {
  if (!discard.asked) return null;
  const { records } = discard.asked;
  return (
    <Dialog
      open
      alert
      onClose={discard.keep}
      title={text.discardQuestion.title(records)}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={discard.keep}>
            {text.discardQuestion.keep}
          </Button>
          <Button look="dangerSolid" busy={discard.busy} onPress={discard.go}>
            {text.discardQuestion.yes(records)}
          </Button>
        </>
      }
    >
      <p>{text.discardQuestion.body}</p>
    </Dialog>
  );
}
