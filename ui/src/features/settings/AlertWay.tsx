import { Checkbox } from '@/components/Checkbox';
import { TextField } from '@/components/Field';
import { Select } from '@/components/Select';
import { type AlertForm, type Security, encrypted } from './alert-form';
import { alertText } from './alert-text';
import styles from './Alerts.module.css';

const words = alertText.form;

export interface AlertFieldsProps {
  form: AlertForm;
  onChange: (more: Partial<AlertForm>) => void;
  onLeave: (field: keyof AlertForm) => void;
  error: (field: keyof AlertForm) => string | undefined;
}

/** Where alerts go. `kept`: the secret is known already. */
export function AlertWay({ kept, ...fields }: AlertFieldsProps & { kept: boolean }) {
  const { form, onChange, onLeave, error } = fields;
  const remark = kept ? words.keep : words.keychain;
  const secret = {
    secret: true,
    remark,
    value: form.secret,
    onChange: (secret: string) => onChange({ secret }),
    onBlur: () => onLeave('secret'),
    error: error('secret'),
  };
  return (
    <>
      {form.kind === 'email' ? (
        <>
          <MailServer {...fields} />
          <TextField label={words.user} {...bound(fields, 'user')} help={words.userHelp} />
          <TextField label={words.password} {...secret} />
          <TextField label={words.from} {...bound(fields, 'from')} help={words.fromHelp} />
          <TextField label={words.to} {...bound(fields, 'to')} help={words.toHelp} />
        </>
      ) : (
        <TextField label={words.address} {...secret} mono help={words.addressHelp[form.kind]} />
      )}
      <Checkbox
        checked={form.allowPrivate}
        onChange={(allowPrivate) => onChange({ allowPrivate })}
        help={words.allowPrivateHelp}
      >
        {words.allowPrivate}
      </Checkbox>
    </>
  );
}

function MailServer(fields: AlertFieldsProps) {
  const { form, onChange, error } = fields;
  return (
    <>
      <div className={styles.server}>
        <TextField label={words.host} {...bound(fields, 'host')} mono help={words.hostHelp} />
        <TextField label={words.port} {...bound(fields, 'port')} mono />
      </div>
      <Select<Security>
        label={words.security}
        value={form.security}
        onChange={(security) => onChange(encrypted(form, security))}
        options={(['tls', 'starttls', 'none'] as const).map((value) => ({
          value,
          label: words.securities[value],
        }))}
        error={error('security')}
      />
    </>
  );
}

type TextKey = 'host' | 'port' | 'user' | 'from' | 'to' | 'rejected' | 'percent' | 'hours';

/** What binds a text field to the form. */
export const bound = ({ form, onChange, onLeave, error }: AlertFieldsProps, field: TextKey) => ({
  value: form[field],
  onChange: (typed: string) => onChange({ ...form, [field]: typed }),
  onBlur: () => onLeave(field),
  error: error(field),
});
