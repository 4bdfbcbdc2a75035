import { useState } from 'react';
import { useCatalogue, useConnections } from '@/api/queries';
import { SplitPane } from '@/components/SplitPane';
import { type Choice, ConnectionChoice } from '@/features/connection/ConnectionChoice';
import { Needs, NoNeeds } from '@/features/connection/Needs';
import { useWizard } from './context';
import { StepFrame } from './StepFrame';
import { text } from './text';
import { useTake } from './use-take';
import styles from './wizard.module.css';

export function WarehouseStep() {
  const { state, dispatch } = useWizard();
  const catalogue = useCatalogue().data;
  const connections = (useConnections().data ?? []).filter(({ role }) => role === 'warehouse');
  const kinds = catalogue?.warehouses ?? [];
  const take = useTake('warehouse');
  const [looked, setLooked] = useState<Choice>(null);
  const { choice } = state.warehouse;
  const shown = choice ?? looked;
  const kindId = !shown
    ? undefined
    : 'kind' in shown
      ? shown.kind
      : connections.find(({ name }) => name === shown.saved)?.kind;
  const kind = kinds.find(({ id }) => id === kindId);
  const choose = (next: Choice) => {
    setLooked(next);
    dispatch({ type: 'end', end: 'warehouse', part: { choice: next } });
  };
  return (
    <StepFrame
      step="warehouse"
      title={text.warehouse.title}
      about={text.warehouse.text}
      todo={choice ? undefined : text.warehouse.choose}
      main={{ label: text.next, busy: take.busy, onPress: () => void take.start(choice) }}
    >
      <SplitPane
        id="needs"
        label={kind ? kind.label : text.warehouse.label}
        size={344}
        side={kind ? <Needs kind={kind} /> : <NoNeeds />}
      >
        <div className={styles.scroll}>
          <ConnectionChoice
            label={text.warehouse.label}
            kinds={kinds}
            connections={connections}
            choice={choice}
            onChoose={choose}
          />
        </div>
      </SplitPane>
    </StepFrame>
  );
}
