import { useMemo } from 'react';
import { useSource, useSyncs } from '@/api/queries';
import { type Change, changesOf } from '@/features/payload/changes';
import { type Payload, payloadOf, withColumns } from '@/features/payload/model';
import { queryOf } from '@/features/source/choice';
import { useWizard } from './context';
import { isLive } from './state';

/** The payload as the sync was saved, and what is not so now; nothing where none is saved, or its columns are not known yet. */
export function useChanges(): { saved: Payload | null; changes: readonly Change[] } {
  const { state } = useWizard();
  const { payload } = state.shaping;
  const { identifiers } = state.source;
  const live = isLive(state);
  const definition = useSyncs().data?.find(
    ({ definition: { name } }) => live && name === state.existing,
  )?.definition;
  const columns = useSource(live ? state.warehouse.connection : null, queryOf(state.source)).data?.columns;
  const saved = useMemo(
    () =>
      definition && columns ? withColumns(payloadOf(definition.shape, definition.fields), columns) : null,
    [definition, columns],
  );
  const changes = useMemo(
    () =>
      saved && definition
        ? changesOf({ payload: saved, identifiers: definition.identifiers }, { payload, identifiers })
        : [],
    [saved, definition, payload, identifiers],
  );
  return { saved, changes };
}
