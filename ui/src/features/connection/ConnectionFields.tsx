import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import type { Setting } from '@/api/bindings/Setting';
import { TextField } from '@/components/Field';
import { useLeft } from '@/components/use-left';
import { type ConnectionForm, type Secrets, shownSettings, toDraft } from './form';
import { PasteField } from './PasteField';
import { SettingField } from './SettingField';
import { SignInField } from './SignInField';
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
  /** Begin with the field that fills the others from one pasted thing. */
  paste: boolean;
  onChange: (form: ConnectionForm, secrets: Secrets) => void;
  /** Signing in in the browser saved it. */
  onSignedIn: (connection: Connection) => void;
}

/** The form of a connection, rendered from its kind's manifest. */
export function ConnectionFields(props: Props) {
  const { kind, form, secrets, saved, errors, insist, paste, onChange, onSignedIn } = props;
  const { leave, told } = useLeft(insist);
  const errorOf = (key: string) => told(key, errors[key]);
  const valueOf = ({ key, secret }: Setting) => (secret ? secrets[key] : form.settings[key]) ?? '';
  const set = (key: string, value: string, secret: boolean) => {
    const next = { ...form, filled: form.filled.filter((one) => one !== key) };
    if (secret) onChange(next, { ...secrets, [key]: value });
    else onChange({ ...next, settings: { ...form.settings, [key]: value } }, secrets);
  };
  /** What to sign in with; where a field is not right, that is shown instead. */
  const draftBut = (key: string) => {
    const wrong = Object.keys(errors).filter((one) => one !== key);
    leave(...wrong);
    return wrong.length > 0 ? null : toDraft(kind, form, secrets);
  };
  return (
    <>
      {paste && kind.pastes && <PasteField kind={kind} form={form} secrets={secrets} onFilled={onChange} />}
      <div className={styles.fields}>
        <TextField
          label={text.name}
          name="name"
          value={form.name}
          help={text.nameHelp}
          error={errorOf('name')}
          onChange={(name) => onChange({ ...form, name }, secrets)}
          onBlur={() => leave('name')}
        />
        {shownSettings(kind, form).map((setting) =>
          setting.input.type === 'sign_in' ? (
            <SignInField
              key={setting.key}
              setting={setting}
              secret={saved?.secrets[setting.key]}
              error={errorOf(setting.key)}
              existing={form.existing}
              draft={() => draftBut(setting.key)}
              onSignedIn={onSignedIn}
            />
          ) : (
            <SettingField
              key={setting.key}
              setting={setting}
              value={valueOf(setting)}
              filled={form.filled.includes(setting.key) && valueOf(setting) !== ''}
              secret={saved?.secrets[setting.key]}
              error={errorOf(setting.key)}
              onLeave={() => leave(setting.key)}
              onChange={(value) => set(setting.key, value, setting.secret)}
            />
          ),
        )}
      </div>
    </>
  );
}
