import { useState } from 'react';
import { asProblem } from '@/api/client';
import { useCatalogue, useCommand, useConnections } from '@/api/queries';
import { toasts } from '@/components/toasts';
import type { Choice } from '@/features/connection/ConnectionChoice';
import { newForm, savedForm } from '@/features/connection/form';
import { useWizard } from './context';

/** Takes what was chosen: a saved connection, a kind that is ready by itself, or the form of a new one. */
export function useTake(end: 'warehouse' | 'destination') {
  const { state, dispatch, go, setSecrets } = useWizard();
  const catalogue = useCatalogue().data;
  const connections = useConnections().data ?? [];
  const save = useCommand('connection_save', ['connections']);
  const [busy, setBusy] = useState(false);
  const kinds = (end === 'warehouse' ? catalogue?.warehouses : catalogue?.destinations) ?? [];

  const start = async (choice: Choice): Promise<void> => {
    if (!choice) return;
    if ('saved' in choice) {
      const connection = connections.find(({ name }) => name === choice.saved);
      const kind = kinds.find(({ id }) => id === connection?.kind);
      if (!connection || !kind) return;
      const works = connection.checked_ok === true || kind.ready;
      dispatch({ type: 'end', end, part: { form: kind.ready ? null : savedForm(connection) } });
      if (end === 'destination' || works) dispatch({ type: 'connected', kind, connection: connection.name });
      if (end === 'warehouse') go(works ? 'table' : 'connection');
      return;
    }
    const kind = kinds.find(({ id }) => id === choice.kind);
    if (!kind) return;
    if (!kind.ready) {
      if (state[end].form?.kind !== kind.id || state[end].form.existing) {
        setSecrets(end, {});
        dispatch({
          type: 'end',
          end,
          part: {
            form: newForm(
              kind,
              connections.map(({ name }) => name),
            ),
            connection: null,
          },
        });
      }
      if (end === 'warehouse') go('connection');
      return;
    }
    setBusy(true);
    try {
      const { name, settings } = newForm(
        kind,
        connections.map((connection) => connection.name),
      );
      const saved = await save.mutateAsync({
        existing: null,
        draft: { name, kind: kind.id, settings, secrets: {} },
      });
      dispatch({ type: 'end', end, part: { form: null } });
      dispatch({ type: 'connected', kind, connection: saved.name });
      if (end === 'warehouse') go('table');
    } catch (error) {
      const { message, hint } = asProblem(error);
      toasts.show(`${message} ${hint}`, { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  return { start, busy };
}
