import { useConnections, useKind } from '@/api/queries';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Banner';
import { savedForm } from '@/features/connection/form';
import { useWizard } from './context';
import { focusMarked } from './focus';
import { ConnectPane } from './ConnectPane';
import { StepFrame } from './StepFrame';
import { text } from './text';
import { useConnect } from './use-connect';
import { useTake } from './use-take';
import styles from './wizard.module.css';

export function ConnectionStep() {
  const { state, go } = useWizard();
  const { warehouse } = state;
  const connection = useConnections().data?.find(({ name }) => name === warehouse.connection);
  const kind = useKind(warehouse.form?.kind ?? connection?.kind);
  const form = warehouse.form ?? (connection && kind && !kind.ready ? savedForm(connection) : null);
  const connect = useConnect('warehouse', kind, form);
  const take = useTake('warehouse');
  if (!kind) {
    return (
      <StepFrame
        step="connection"
        title={text.connection.title(text.warehouse.label.toLowerCase())}
        main={{ label: text.next, onPress: () => go('warehouse') }}
      >
        <div className={styles.scroll}>
          <Empty
            title={text.connection.none}
            action={<Button onPress={() => go('warehouse')}>{text.back}</Button>}
          />
        </div>
      </StepFrame>
    );
  }
  if (!form) {
    return (
      <StepFrame
        step="connection"
        title={kind.label}
        about={text.connection.readyText}
        main={{ label: text.next, busy: take.busy, onPress: () => go('table') }}
      >
        <div className={styles.scroll}>
          <p>{kind.summary}</p>
        </div>
      </StepFrame>
    );
  }
  const { check, errors, saving } = connect;
  const open = Object.keys(errors).length;
  const passed =
    check.state === 'passed' ||
    (!!form.existing &&
      check.state === 'idle' &&
      connection?.checked_ok === true &&
      warehouse.connection === form.existing);
  const on = async () => {
    if (await connect.keep()) go('table');
  };
  const problems = connect.insist && open > 0 ? [text.connection.problem(open)] : [];
  const press = (act: () => void) => () => {
    if (open > 0) {
      connect.setInsist(true);
      focusMarked();
    } else act();
  };
  return (
    <StepFrame
      step="connection"
      title={text.connection.title(kind.label)}
      about={text.connection.text(kind.pastes)}
      problems={open > 0 ? (problems.length > 0 ? problems : ['']) : []}
      note={!passed && check.state !== 'running' && text.connection.noTest}
      onInsist={() => connect.setInsist(true)}
      other={
        !passed && (
          <Button size="lg" busy={saving} onPress={press(() => void on())}>
            {text.connection.without}
          </Button>
        )
      }
      main={
        passed
          ? { label: text.next, busy: saving, onPress: () => void on() }
          : {
              label:
                check.state === 'idle' || check.state === 'running'
                  ? text.connection.test
                  : text.connection.testAgain,
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
