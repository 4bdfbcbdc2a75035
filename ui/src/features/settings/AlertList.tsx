import { useState } from 'react';
import type { Alert } from '@/api/bindings/Alert';
import { asProblem } from '@/api/client';
import { useAlerts, useCommand } from '@/api/queries';
import { Note } from '@/components/Banner';
import { Button, IconButton } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { toasts } from '@/components/toasts';
import { AlertDialog } from './AlertDialog';
import { alertText as text } from './alert-text';
import styles from './Alerts.module.css';

/** Who is told when a sync needs somebody. */
export function AlertList() {
  const { data: alerts, error } = useAlerts();
  const [open, setOpen] = useState<Alert | 'new' | null>(null);
  const [removing, setRemoving] = useState<Alert | null>(null);
  return (
    <>
      {error && <ProblemBox problem={asProblem(error)} />}
      {alerts && alerts.length > 0 && (
        <ul className={styles.list} aria-label={text.list}>
          {alerts.map((alert) => (
            <Line
              key={alert.id}
              alert={alert}
              onEdit={() => setOpen(alert)}
              onRemove={() => setRemoving(alert)}
            />
          ))}
        </ul>
      )}
      {alerts?.length === 0 && <p className={t('soft')}>{text.none}</p>}
      <div>
        <Button icon="plus" onPress={() => setOpen('new')}>
          {text.add}
        </Button>
      </div>
      <Note icon="info">{text.about}</Note>
      {open && <AlertDialog alert={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
      {removing && <RemoveQuestion alert={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function Line({ alert, onEdit, onRemove }: { alert: Alert; onEdit: () => void; onRemove: () => void }) {
  const test = useCommand('alert_test', ['alerts']);
  const { id, name, waiting } = alert;
  const problem = test.error ? asProblem(test.error) : alert.problem;
  return (
    <li className={styles.line}>
      <div className={styles.head}>
        <div className={styles.words}>
          <bdi className={t('medium')}>{name}</bdi>
          <span className={t('soft')}>{text.line(alert)}</span>
          {waiting > 0 && <span className={t('soft')}>{text.waiting(waiting)}</span>}
        </div>
        <Button
          size="sm"
          busy={test.isPending}
          onPress={() => test.mutate(id, { onSuccess: () => toasts.show(text.tested(name)) })}
        >
          {text.test}
        </Button>
        <IconButton icon="pencil" label={text.edit(name)} onPress={onEdit} />
        <IconButton icon="trash" label={text.remove(name)} onPress={onRemove} />
      </div>
      {problem && <ProblemBox problem={problem} tone="warn" />}
    </li>
  );
}

function RemoveQuestion({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const remove = useCommand('alert_delete', ['alerts']);
  const words = text.ask;
  const yes = () =>
    remove.mutate(alert.id, {
      onSuccess: () => {
        toasts.show(text.removed(alert.name));
        onClose();
      },
    });
  return (
    <Dialog
      open
      alert
      onClose={onClose}
      title={words.title(alert.name)}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {words.cancel}
          </Button>
          <Button look="dangerSolid" busy={remove.isPending} onPress={yes}>
            {words.yes}
          </Button>
        </>
      }
    >
      <p>{words.body}</p>
      {remove.error && <ProblemBox problem={asProblem(remove.error)} />}
    </Dialog>
  );
}
