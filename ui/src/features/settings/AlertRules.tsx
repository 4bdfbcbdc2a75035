import { useSyncs } from '@/api/queries';
import { Checkbox } from '@/components/Checkbox';
import { Segmented } from '@/components/Choice';
import { Caption, Help, TextField } from '@/components/Field';
import { type AlertFieldsProps, bound } from './AlertWay';
import { alertText } from './alert-text';
import styles from './Alerts.module.css';

const words = alertText.form;

/** Which syncs an alert is about, and what is told of them. */
export function AlertRules(fields: AlertFieldsProps) {
  const { form, onChange, error } = fields;
  return (
    <>
      <Syncs {...fields} />
      <div className={styles.choice} role="group" aria-label={words.when}>
        <Caption>{words.when}</Caption>
        <Checkbox checked={form.failed} onChange={(failed) => onChange({ failed })} help={words.failedHelp}>
          {words.failed}
        </Checkbox>
        <Checkbox checked={form.held} onChange={(held) => onChange({ held })}>
          {words.held}
        </Checkbox>
        {error('failed') && <Help tone="error">{error('failed')}</Help>}
      </div>
      <div className={styles.numbers}>
        <TextField label={words.rejected} remark={words.never} {...bound(fields, 'rejected')} />
        <TextField label={words.percent} remark={words.never} {...bound(fields, 'percent')} />
        <TextField label={words.hours} remark={words.never} {...bound(fields, 'hours')} />
      </div>
    </>
  );
}

function Syncs({ form, onChange, error }: AlertFieldsProps) {
  const names = (useSyncs().data ?? []).map(({ definition }) => definition.name);
  const { syncs } = form;
  const toggle = (name: string, on: boolean) =>
    onChange({ syncs: names.filter((one) => (one === name ? on : syncs?.includes(one))) });
  return (
    <div className={styles.choice}>
      <Caption>{words.syncs}</Caption>
      <Segmented
        label={words.syncs}
        value={syncs === null ? 'all' : 'chosen'}
        onChange={(which) => onChange({ syncs: which === 'all' ? null : [] })}
        options={[
          { value: 'all', label: words.all },
          { value: 'chosen', label: words.chosen },
        ]}
      />
      {syncs && (
        <div className={styles.syncs}>
          {names.map((name) => (
            <Checkbox key={name} checked={syncs.includes(name)} onChange={(on) => toggle(name, on)}>
              <bdi>{name}</bdi>
            </Checkbox>
          ))}
        </div>
      )}
      {error('syncs') && <Help tone="error">{error('syncs')}</Help>}
    </div>
  );
}
