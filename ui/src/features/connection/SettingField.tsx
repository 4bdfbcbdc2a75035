import { useState } from 'react';
import type { Choice } from '@/api/bindings/Choice';
import type { SecretState } from '@/api/bindings/SecretState';
import type { Setting } from '@/api/bindings/Setting';
import { Button, IconButton } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { Caption, Help, TextField } from '@/components/Field';
import { Select } from '@/components/Select';
import { Badge } from '@/components/State';
import { host } from '@/host';
import { DocumentField } from './DocumentField';
import { text } from './text';
import styles from './connection.module.css';

/** Answers that stand side by side in half a form's width; longer ones become a list to open. */
const shortChoices = (choices: readonly Choice[]) =>
  choices.length <= 3 && choices.reduce((sum, { label }) => sum + label.length, 0) <= 24;

interface Props {
  setting: Setting;
  value: string;
  filled: boolean;
  /** For a secret of a saved connection: where it is. */
  secret: SecretState | undefined;
  error: string | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
}

/** One field of a connection's form, as its manifest describes it. */
export function SettingField({ setting, value, filled, secret, error, onChange, onLeave }: Props) {
  const [replacing, setReplacing] = useState(false);
  const remark = filled ? text.fromPaste : setting.required ? undefined : text.optional;
  const help =
    setting.help || (setting.secret ? text.secretHelp : setting.example ? `Example: ${setting.example}` : '');
  const { input } = setting;

  if (
    setting.secret &&
    !replacing &&
    !value &&
    (secret?.state === 'saved' || secret?.state === 'environment')
  ) {
    return (
      <div className={styles.kept}>
        <Caption>{setting.label}</Caption>
        <div className={styles.keptValue}>
          <Badge tone="ok" icon="lock">
            {secret.state === 'saved' ? text.inKeychain : text.fromEnvironment}
          </Badge>
          {secret.state === 'saved' && (
            <IconButton
              icon="pencil"
              label={text.replaceSecret(setting.label)}
              onPress={() => setReplacing(true)}
            />
          )}
        </div>
        <Help>{help}</Help>
      </div>
    );
  }
  if (input.type === 'choice') {
    if (!shortChoices(input.choices)) {
      return (
        <Select
          label={setting.label}
          remark={filled ? text.fromPaste : undefined}
          value={value || null}
          options={input.choices.map((choice) => ({ value: choice.value, label: choice.label }))}
          onChange={onChange}
          help={help}
          error={error}
        />
      );
    }
    return (
      <div className={styles.kept}>
        <Caption remark={filled ? text.fromPaste : undefined}>{setting.label}</Caption>
        <div className={styles.choice}>
          <Segmented label={setting.label} value={value} options={input.choices} onChange={onChange} />
        </div>
        {error ? <Help tone="error">{error}</Help> : <Help>{help}</Help>}
      </div>
    );
  }
  const keepSaved = replacing && (
    <Button
      size="sm"
      look="quiet"
      onPress={() => {
        onChange('');
        setReplacing(false);
      }}
    >
      {text.keepSecret}
    </Button>
  );
  if (input.type === 'document') {
    return (
      <DocumentField
        setting={setting}
        value={value}
        filled={filled}
        remark={remark}
        help={help}
        error={error}
        onChange={onChange}
        onLeave={onLeave}
        after={keepSaved}
      />
    );
  }
  const picks = input.type === 'file' || input.type === 'folder';
  const pick = async () => {
    const path =
      input.type === 'folder'
        ? await host().pickFolder({ title: setting.label })
        : await host().pickFile({ title: setting.label });
    if (path) onChange(path);
  };
  return (
    <TextField
      label={setting.label}
      name={setting.key}
      value={value}
      onChange={onChange}
      onBlur={onLeave}
      help={help}
      error={error}
      mono={!setting.secret}
      secret={setting.secret}
      filled={filled}
      required={setting.required}
      {...(remark ? { remark } : {})}
      {...(setting.secret ? { icon: 'key' as const } : {})}
      {...(setting.example && !setting.secret ? { placeholder: setting.example } : {})}
      after={
        picks ? (
          <Button
            size="sm"
            look="quiet"
            icon={input.type === 'file' ? 'file' : 'schema'}
            onPress={() => void pick()}
          >
            {input.type === 'file' ? text.chooseFile : text.chooseFolder}
          </Button>
        ) : (
          keepSaved || undefined
        )
      }
    />
  );
}
