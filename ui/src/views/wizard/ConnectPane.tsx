import type { Kind } from '@/api/bindings/Kind';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { CheckPanel } from '@/features/connection/CheckPanel';
import { ConnectionFields } from '@/features/connection/ConnectionFields';
import type { ConnectionForm } from '@/features/connection/form';
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
  return (
    <SplitPane id="check" label="Connection test" size={424} live side={<CheckPanel check={connect.check} />}>
      <div className={styles.scroll}>
        {connect.problem && <ProblemBox problem={connect.problem} />}
        <ConnectionFields
          kind={kind}
          form={form}
          secrets={connect.secrets}
          saved={connect.saved}
          errors={connect.errors}
          insist={connect.insist}
          paste
          onChange={connect.change}
          onSignedIn={connect.signedIn}
        />
      </div>
    </SplitPane>
  );
}
