import { useState } from 'react';
import { useCatalogue, useConnections } from '@/api/queries';
import { Button } from '@/components/Button';
import { SplitPane } from '@/components/SplitPane';
import { ConnectionChoice } from '@/features/connection/ConnectionChoice';
import { Needs, NoNeeds } from '@/features/connection/Needs';
import { useWizard } from './context';
import { focusMarked } from './focus';
import { ConnectPane } from './ConnectPane';
import { StepFrame } from './StepFrame';
import { TargetPane } from './TargetPane';
import { text } from './text';
import { useConnect } from './use-connect';
import { useTake } from './use-take';
import styles from './wizard.module.css';

function Choose({ onTaken }: { onTaken: () => void }) {
  const { state, dispatch, go } = useWizard();
  const kinds = useCatalogue().data?.destinations ?? [];
  const connections = (useConnections().data ?? []).filter(({ role }) => role === 'destination');
  const take = useTake('destination');
  const { choice } = state.destination;
  const kindId = !choice
    ? undefined
    : 'kind' in choice
      ? choice.kind
      : connections.find(({ name }) => name === choice.saved)?.kind;
  const kind = kinds.find(({ id }) => id === kindId);
  return (
    <StepFrame
      step="destination"
      title={text.destination.title}
      about={text.destination.text}
      todo={choice ? undefined : text.destination.choose}
      other={
        <Button
          size="lg"
          onPress={() => {
            dispatch({ type: 'later' });
            go('review');
          }}
        >
          {text.destination.later}
        </Button>
      }
      main={{ label: text.next, busy: take.busy, onPress: () => void take.start(choice).then(onTaken) }}
    >
      <SplitPane
        id="needs"
        label={kind?.label ?? text.destination.label}
        size={344}
        side={kind ? <Needs kind={kind} /> : <NoNeeds />}
      >
        <div className={styles.scroll}>
          <ConnectionChoice
            label={text.destination.label}
            kinds={kinds}
            connections={connections}
            choice={choice}
            onChoose={(next) => dispatch({ type: 'end', end: 'destination', part: { choice: next } })}
          />
        </div>
      </SplitPane>
    </StepFrame>
  );
}

function Connect({ onChange }: { onChange: () => void }) {
  const { state } = useWizard();
  const { form } = state.destination;
  const kind = useCatalogue().data?.destinations.find(({ id }) => id === form?.kind);
  const connect = useConnect('destination', kind, form);
  if (!kind || !form) return null;
  const { check, saving } = connect;
  const open = Object.keys(connect.errors).length;
  const passed = check.state === 'passed';
  return (
    <StepFrame
      step="destination"
      title={text.connection.title(kind.label)}
      about={text.connection.text(kind.pastes)}
      headEnd={<Button onPress={onChange}>{text.destination.change}</Button>}
      problems={open > 0 ? [connect.insist ? text.connection.problem(open) : ''] : []}
      onInsist={() => connect.setInsist(true)}
      other={
        !passed && (
          <Button
            size="lg"
            busy={saving}
            onPress={() => {
              if (open > 0) {
                connect.setInsist(true);
                focusMarked();
              } else void connect.keep();
            }}
          >
            {text.connection.without}
          </Button>
        )
      }
      main={
        passed
          ? { label: text.next, busy: saving, onPress: () => void connect.keep() }
          : {
              label: check.state === 'failed' ? text.connection.testAgain : text.connection.test,
              icon: check.state === 'failed' ? 'refresh' : 'play',
              busy: check.state === 'running',
              onPress: connect.test,
            }
      }
    >
      <ConnectPane kind={kind} form={form} connect={connect} />
    </StepFrame>
  );
}

/** Choose, connect where it is new, then say what becomes of each record. */
export function DestinationStep() {
  const { state, dispatch } = useWizard();
  const { connection, form } = state.destination;
  const [choosing, setChoosing] = useState(false);
  const change = () => {
    setChoosing(true);
    dispatch({ type: 'end', end: 'destination', part: { form: null } });
  };
  if (choosing || (!connection && !form)) return <Choose onTaken={() => setChoosing(false)} />;
  if (!connection) return <Connect onChange={change} />;
  return <TargetPane connection={connection} onChange={change} />;
}
