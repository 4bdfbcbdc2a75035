import { useQueryClient } from '@tanstack/react-query';
import { type Dispatch, useState } from 'react';
import { asProblem, call } from '@/api/client';
import { toasts } from '@/components/toasts';
import { noSource } from '@/features/source/choice';
import type { WizardAction } from './state';

/** The sample warehouse's id in the catalogue. */
export const sampleKind = 'sample';

/** The table that shows the most of the sample warehouse. */
const showcase = 'lead_scores';

/** Puts the wizard on the sample warehouse, which is made on this computer when it is first used. */
export function useSample() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const start = async (dispatch: Dispatch<WizardAction>): Promise<boolean> => {
    setBusy(true);
    try {
      const [{ warehouses }, connections] = await Promise.all([call('catalogue'), call('connections')]);
      const kind = warehouses.find(({ id }) => id === sampleKind);
      if (!kind) throw new Error('There is no sample warehouse in the catalogue.');
      const saved =
        connections.find((connection) => connection.kind === kind.id) ??
        (await call('connection_save', {
          existing: null,
          draft: { name: kind.label, kind: kind.id, settings: {}, secrets: {} },
        }));
      const tables = await call('tables', saved.name);
      const table = tables.find(({ name }) => name === showcase);
      // A form of another warehouse that was begun is not gone on with.
      dispatch({ type: 'end', end: 'warehouse', part: { form: null } });
      dispatch({ type: 'connected', kind, connection: saved.name });
      if (table)
        dispatch({
          type: 'source',
          source: { ...noSource, table: { schema: table.schema, name: table.name } },
        });
      await client.invalidateQueries({ queryKey: ['connections'] });
      return true;
    } catch (error) {
      const { message, hint } = asProblem(error);
      toasts.show(`${message} ${hint}`, { tone: 'bad' });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { start, busy };
}
