import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionDraft } from '@/api/bindings/ConnectionDraft';
import type { SecretState } from '@/api/bindings/SecretState';
import type { Setting } from '@/api/bindings/Setting';
import { Button } from '@/components/Button';
import { copyText } from '@/components/copy';
import { Caption, Help } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { Badge, State } from '@/components/State';
import { text } from './text';
import { useSignIn } from './use-sign-in';
import styles from './connection.module.css';

interface Props {
  setting: Setting;
  /** Where the secret of a saved connection is. */
  secret: SecretState | undefined;
  error: string | undefined;
  existing: string | null;
  /** What to sign in with; null while the other fields are not right, which is then shown. */
  draft: () => ConnectionDraft | null;
  onSignedIn: (connection: Connection) => void;
}

/** A secret that nobody types: the browser is opened, and what it brings goes to the keychain. */
export function SignInField({ setting, secret, error, existing, draft, onSignedIn }: Props) {
  const { waiting, page, problem, start, cancel } = useSignIn(onSignedIn);
  const given = secret?.state === 'environment';
  const signedIn = secret?.state === 'saved';
  const begin = () => {
    const ready = draft();
    if (ready) void start(existing, ready);
  };
  return (
    <div className={styles.signIn}>
      <Caption>{setting.label}</Caption>
      <div className={styles.signInLine} role="status">
        {waiting ? (
          <State state="running">{text.signInWaiting}</State>
        ) : given ? (
          <Badge tone="ok" icon="lock">
            {text.fromEnvironment}
          </Badge>
        ) : (
          signedIn && (
            <Badge tone="ok" icon="lock">
              {text.signedIn}
            </Badge>
          )
        )}
        {!waiting && !given && (
          <Button size={signedIn ? 'sm' : 'lg'} look={signedIn ? 'quiet' : 'secondary'} onPress={begin}>
            {signedIn ? text.signInAgain : text.signIn}
          </Button>
        )}
        {waiting && page !== null && (
          <Button
            size="sm"
            look="quiet"
            icon="copy"
            onPress={() => void copyText(page, text.signInAddressCopied)}
          >
            {text.signInAddress}
          </Button>
        )}
        {waiting && (
          <Button size="sm" look="quiet" onPress={cancel}>
            {text.signInCancel}
          </Button>
        )}
      </div>
      {problem && !waiting && <ProblemBox problem={problem} />}
      {error && !waiting ? <Help tone="error">{error}</Help> : <Help>{setting.help}</Help>}
    </div>
  );
}
