import type { Plan } from '@/api/bindings/Plan';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { useSource, useSyncs } from '@/api/queries';
import { toSend } from '@/features/review/groups';
import { useWizard } from './context';
import { type Resent, resentBy } from './resent';
import { isLive } from './state';

/** What saving the changes of a saved sync leads to; null where nothing of it was ever sent. */
export function useResent(definition: SyncDefinition | null, plan: Plan | undefined): Resent | null {
  const { state } = useWizard();
  const live = isLive(state);
  const syncs = useSyncs().data ?? [];
  const sync = live ? syncs.find((one) => one.definition.name === state.existing) : undefined;
  const source = useSource(live ? (definition?.from ?? null) : null, definition?.query ?? null);
  if (!sync?.last_run || !definition) return null;
  const { read, invalid } = sync.last_run;
  return resentBy(sync, definition, {
    rows: plan ? toSend(plan) : read > invalid ? read - invalid : null,
    columns: source.data?.columns.map(({ name }) => name) ?? null,
  });
}
