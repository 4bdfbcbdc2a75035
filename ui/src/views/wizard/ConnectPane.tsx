import type { Kind } from '@/api/bindings/Kind';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { CheckPanel } from '@/features/connection/CheckPanel';
import { ConnectionFields } from '@/features/connection/ConnectionFields';
import type { ConnectionForm } from '@/features/connection/form';
import { PasteField } from '@/features/connection/PasteField';
import type { useConnect } from './use-connect';
import styles from './wizard.module.css';

/** The form of a connection beside its test. */
export function ConnectPane({
  kind,
  form,
  connect,
}: {
  kind: Kind;
  form: ConnectionForm;
  connect: ReturnType<typeof useConnect>;
}) {
  const { change, secrets } = connect;
  return (
    <SplitPane id="check" label="Connection test" size={424} live side={<CheckPanel check={connect.check} />}>
      <div className={styles.scroll}>
        {connect.problem && <ProblemBox problem={connect.problem} />}
        {kind.settings.length > 1 && (
          <PasteField kind={kind} form={form} secrets={secrets} onFilled={change} />
        )}
        <ConnectionFields
          kind={kind}
          form={form}
          secrets={secrets}
          saved={connect.saved}
          errors={connect.errors}
          insist={connect.insist}
          onForm={(next) => change(next)}
          onSecrets={(next) => change(form, next)}
        />
      </div>
    </SplitPane>
  );
}
