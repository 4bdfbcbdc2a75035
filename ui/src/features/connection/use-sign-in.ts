import { useEffect, useRef, useState } from 'react';
import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionDraft } from '@/api/bindings/ConnectionDraft';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem, call } from '@/api/client';
import { usePush } from '@/api/push';
import { useCommand } from '@/api/queries';

/** Signs in in the browser. It ends when it is cancelled, and when its form is left. */
export function useSignIn(onSignedIn: (connection: Connection) => void) {
  const command = useCommand('connection_sign_in', ['connections']);
  const token = useRef('');
  const [waiting, setWaiting] = useState(false);
  /** The address that was opened, once there is one. */
  const [page, setPage] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  usePush('sign_in', (push) => {
    if (push.token === token.current) setPage(push.page);
  });
  const start = async (existing: string | null, draft: ConnectionDraft) => {
    const mine = crypto.randomUUID();
    token.current = mine;
    setPage(null);
    setProblem(null);
    setWaiting(true);
    try {
      const connection = await command.mutateAsync({ token: mine, existing, draft });
      if (token.current === mine) onSignedIn(connection);
    } catch (error) {
      if (token.current === mine) setProblem(asProblem(error));
    } finally {
      if (token.current === mine) {
        token.current = '';
        setWaiting(false);
      }
    }
  };
  const cancel = () => {
    const mine = token.current;
    token.current = '';
    setWaiting(false);
    if (mine) void call('connection_sign_in_cancel', mine);
  };
  useEffect(
    () => () => {
      if (token.current) void call('connection_sign_in_cancel', token.current);
    },
    [],
  );
  return { waiting, page, problem, start, cancel };
}
