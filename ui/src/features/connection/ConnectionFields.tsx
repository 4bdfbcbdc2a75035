import { useState } from 'react';
import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import { TextField } from '@/components/Field';
import { type ConnectionForm, type Secrets, shownSettings } from './form';
import { SettingField } from './SettingField';
import { text } from './text';
import styles from './connection.module.css';

interface Props {
  kind: Kind;
  form: ConnectionForm;
  secrets: Secrets;
  saved: Connection | undefined;
  errors: Record<string, string>;
  /** Show every error, not only those of fields already left: the user pressed on. */
  insist: boolean;
  onForm: (form: ConnectionForm) => void;
  onSecrets: (secrets: Secrets) => void;
}

/** The form of a connection, rendered from its kind's manifest. */
export function ConnectionFields({ kind, form, secrets, saved, errors, insist, onForm, onSecrets }: Props) {
  const [left, setLeft] = useState<string[]>([]);
  const errorOf = (key: string) => (insist || left.includes(key) ? errors[key] : undefined);
  const leave = (key: string) => setLeft((before) => (before.includes(key) ? before : [...before, key]));
  return (
    <div className={styles.fields}>
      <TextField
        label={text.name}
        name="name"
        value={form.name}
        help={text.nameHelp}
        error={errorOf('name')}
        onChange={(name) => onForm({ ...form, name })}
        onBlur={() => leave('name')}
      />
      {shownSettings(kind, form).map((setting) => (
        <SettingField
          key={setting.key}
          setting={setting}
          value={(setting.secret ? secrets[setting.key] : form.settings[setting.key]) ?? ''}
          filled={form.filled.includes(setting.key)}
          secret={saved?.secrets[setting.key]}
          error={errorOf(setting.key)}
          onLeave={() => leave(setting.key)}
          onChange={(value) => {
            if (setting.secret) onSecrets({ ...secrets, [setting.key]: value });
            const filled = form.filled.filter((key) => key !== setting.key);
            if (!setting.secret)
              onForm({ ...form, filled, settings: { ...form.settings, [setting.key]: value } });
            else if (filled.length !== form.filled.length) onForm({ ...form, filled });
          }}
        />
      ))}
    </div>
  );
}
