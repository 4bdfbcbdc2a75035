import { useState } from 'react';
import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionDraft } from '@/api/bindings/ConnectionDraft';
import type { Kind } from '@/api/bindings/Kind';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem } from '@/api/client';
import { useCommand, useConnections } from '@/api/queries';
import {
  type ConnectionForm,
  type Secrets,
  formErrors,
  savedForm,
  toDraft,
} from '@/features/connection/form';
import { foundBy, useCheck } from '@/features/connection/use-check';
import { useWizard } from './context';

const same = (a: ConnectionDraft, b: ConnectionDraft) => JSON.stringify(a) === JSON.stringify(b);

/** The form of one end: its errors, its test, and saving it. A change of the form makes its test void. */
export function useConnect(
  end: 'warehouse' | 'destination',
  kind: Kind | undefined,
  form: ConnectionForm | null,
) {
  const { secrets: all, setSecrets, dispatch } = useWizard();
  const connections = useConnections().data ?? [];
  const { check, run, reset } = useCheck();
  const save = useCommand('connection_save', ['connections']);
  const [insist, setInsist] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const secrets = all[end];
  const saved = connections.find(({ name }) => name === form?.existing);
  const errors =
    kind && form
      ? formErrors(
          kind,
          form,
          secrets,
          saved,
          connections.map(({ name }) => name),
        )
      : {};

  const change = (next: ConnectionForm, nextSecrets: Secrets = secrets) => {
    dispatch({ type: 'end', end, part: { form: next } });
    if (nextSecrets !== secrets) setSecrets(end, nextSecrets);
    reset();
    setProblem(null);
  };
  const test = () => {
    if (!kind || !form) return;
    void run(form.existing, toDraft(kind, form, secrets));
  };
  /** What is saved stands in the keychain only; the form goes on from it. */
  const goOnFrom = ({ name }: Connection) => {
    if (!form) return;
    setSecrets(end, {});
    dispatch({ type: 'end', end, part: { form: { ...form, name, existing: name, filled: [] } } });
  };
  /** Signing in in the browser saved it; its test comes after. */
  const signedIn = (connection: Connection) => {
    goOnFrom(connection);
    reset();
    setProblem(null);
  };
  /** Saves the connection and its secrets; the secrets are then only in the keychain. */
  const keep = async (): Promise<boolean> => {
    if (!kind || !form) return false;
    const draft = toDraft(kind, form, secrets);
    // Saving what is saved already would forget its last test.
    if (saved && check.state === 'idle' && same(draft, toDraft(kind, savedForm(saved), {}))) {
      dispatch({ type: 'connected', kind, connection: saved.name });
      return true;
    }
    try {
      const connection = await save.mutateAsync({
        existing: form.existing,
        draft,
        ...foundBy(check),
      });
      goOnFrom(connection);
      dispatch({ type: 'connected', kind, connection: connection.name });
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    }
  };
  return {
    check,
    test,
    keep,
    change,
    signedIn,
    errors,
    insist,
    setInsist,
    secrets,
    saved,
    problem,
    saving: save.isPending,
  };
}
