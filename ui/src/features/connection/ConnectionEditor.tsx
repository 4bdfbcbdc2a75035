import { useState } from 'react';
import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import { asProblem } from '@/api/client';
import { useCommand } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import { KindIcon } from '@/components/KindIcon';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { t } from '@/components/text';
import { cx } from '@/components/cx';
import { closing } from '@/components/shortcut';
import { useEscape } from '@/components/use-escape';
import { CheckPanel } from './CheckPanel';
import { ConnectionFields } from './ConnectionFields';
import { formErrors, newForm, savedForm, type Secrets, toDraft } from './form';
import { listText } from './list-text';
import { foundBy, type useCheck } from './use-check';
import styles from './list.module.css';

export interface ConnectionEditorProps {
  kind: Kind;
  /** The connection it changes; without one it makes a new one. */
  saved: Connection | undefined;
  taken: readonly string[];
  check: ReturnType<typeof useCheck>;
  onSaved: (name: string) => void;
  onClose: () => void;
}

/** Changes a connection beside the list, and tests it as the form has it now. */
export function ConnectionEditor({ kind, saved, taken, check, onSaved, onClose }: ConnectionEditorProps) {
  const [form, setForm] = useState(() => (saved ? savedForm(saved) : newForm(kind, taken)));
  useEscape(onClose);
  const [secrets, setSecrets] = useState<Secrets>({});
  const [insist, setInsist] = useState(false);
  const save = useCommand('connection_save', ['connections', 'syncs']);
  const errors = formErrors(kind, form, secrets, saved, taken);
  const wrong = Object.keys(errors).length > 0;
  const submit = () => {
    setInsist(true);
    if (wrong) return;
    save.mutate(
      {
        existing: form.existing,
        draft: toDraft(kind, form, secrets),
        ...foundBy(check.check),
      },
      {
        onSuccess: ({ name }) => onSaved(name),
      },
    );
  };
  const test = () => {
    setInsist(true);
    if (!wrong) void check.run(form.existing, toDraft(kind, form, secrets));
  };
  return (
    <>
      <SideHead>
        <KindIcon svg={kind.icon} />
        <h2 className={cx(t('label', 'cut'))}>
          {saved ? <bdi>{saved.name}</bdi> : listText.newTitle(kind.label)}
        </h2>
        <span className={t('grow')} />
        <IconButton icon="cross" label={listText.close} keys={closing.keys} onPress={onClose} />
      </SideHead>
      <form
        className={styles.editor}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ConnectionFields
          kind={kind}
          form={form}
          secrets={secrets}
          saved={saved}
          errors={errors}
          insist={insist}
          paste={!saved}
          onChange={(next, found) => {
            setForm(next);
            setSecrets(found);
            check.reset();
          }}
          onSignedIn={({ name }) => onSaved(name)}
        />
        {save.error && <ProblemBox problem={asProblem(save.error)} />}
        <div className={styles.buttons}>
          <Button type="submit" look="primary" busy={save.isPending}>
            {saved ? listText.save : listText.saveNew}
          </Button>
          <Button busy={check.check.state === 'running'} onPress={test}>
            {listText.test}
          </Button>
        </div>
      </form>
      <div className={styles.check}>
        <CheckPanel check={check.check} />
      </div>
    </>
  );
}
