import { useState } from 'react';
import type { Alert } from '@/api/bindings/Alert';
import type { AlertKind } from '@/api/bindings/AlertKind';
import { asProblem } from '@/api/client';
import { useCommand } from '@/api/queries';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { Dialog } from '@/components/Dialog';
import { Caption, TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { AlertRules } from './AlertRules';
import { AlertWay } from './AlertWay';
import { type AlertForm, blank, formOf, saveOf, wrongIn } from './alert-form';
import { alertText as text } from './alert-text';
import styles from './Alerts.module.css';

/** Adds or changes somebody who is told. */
export function AlertDialog({ alert, onClose }: { alert: Alert | null; onClose: () => void }) {
  const [first] = useState<AlertForm>(() => (alert ? formOf(alert) : blank));
  const [form, setForm] = useState(first);
  const [left, setLeft] = useState<ReadonlySet<keyof AlertForm>>(new Set());
  const [tried, setTried] = useState(false);
  const save = useCommand('alert_save', ['alerts']);
  const words = text.form;
  const state = alert?.kind === form.kind ? alert.secret.state : 'missing';
  const kept = state === 'saved' || state === 'environment';
  const wrong = wrongIn(form, kept);
  const change = (more: Partial<AlertForm>) => setForm({ ...form, ...more });
  const leave = (field: keyof AlertForm) => setLeft(new Set([...left, field]));
  const error = (field: keyof AlertForm) => (tried || left.has(field) ? wrong[field] : undefined);
  const submit = () => {
    setTried(true);
    if (Object.keys(wrong).length === 0) save.mutate(saveOf(form), { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      width="wide"
      onClose={onClose}
      typed={JSON.stringify(form) !== JSON.stringify(first)}
      title={alert ? words.title(alert.name) : words.newTitle}
      actions={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button look="primary" busy={save.isPending} onPress={submit}>
            {words.save}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <TextField
          label={words.name}
          value={form.name}
          onChange={(name) => change({ name })}
          onBlur={() => leave('name')}
          error={error('name')}
          help={words.nameHelp}
        />
        <div className={styles.choice}>
          <Caption>{words.kind}</Caption>
          <Segmented
            label={words.kind}
            value={form.kind}
            onChange={(kind: AlertKind) => change({ kind, secret: '' })}
            options={(['webhook', 'slack', 'email'] as const).map((value) => ({
              value,
              label: text.kinds[value],
            }))}
          />
        </div>
        <AlertWay form={form} kept={kept} onChange={change} onLeave={leave} error={error} />
        <AlertRules form={form} onChange={change} onLeave={leave} error={error} />
        {save.error && <ProblemBox problem={asProblem(save.error)} />}
      </div>
    </Dialog>
  );
}
