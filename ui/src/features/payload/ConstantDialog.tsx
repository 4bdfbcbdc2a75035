import { useState } from 'react';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { Caption, TextField } from '@/components/Field';
import { Dialog } from '@/components/Dialog';
import { useLeft } from '@/components/use-left';
import { type ConstantKind, parseConstant } from './constant';
import { text } from './text';
import styles from './payload.module.css';

function Form({ onClose, onAdd }: { onClose: () => void; onAdd: (key: string, value: unknown) => void }) {
  const [key, setKey] = useState('');
  const [kind, setKind] = useState<ConstantKind>('text');
  const [typed, setTyped] = useState('');
  const [insist, setInsist] = useState(false);
  const parsed = parseConstant(kind, typed);
  const { leave, told } = useLeft<'key' | 'value'>(insist);
  const add = () => {
    if (!key.trim() || 'error' in parsed) setInsist(true);
    else onAdd(key.trim(), parsed.value);
  };
  const onEnter = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') add();
  };
  return (
    <div className={styles.constant}>
      <TextField
        // eslint-disable-next-line jsx-a11y/no-autofocus -- a dialog with fields begins at the first one
        autoFocus
        label={text.constantKey}
        value={key}
        onChange={setKey}
        mono
        help={text.constantKeyHelp}
        error={told('key', key.trim() ? undefined : text.constantNoKey)}
        onBlur={() => leave('key')}
        onKeyDown={onEnter}
      />
      <div className={styles.constantKind}>
        <Caption>{text.constantType}</Caption>
        <Segmented
          label={text.constantType}
          value={kind}
          onChange={(next) => {
            setKind(next);
            if (next === 'boolean') setTyped('true');
          }}
          options={(['text', 'number', 'boolean', 'json'] as const).map((value) => ({
            value,
            label: text.constantTypes[value],
          }))}
        />
      </div>
      {kind === 'boolean' ? (
        <div className={styles.constantKind}>
          <Caption>{text.constantValue}</Caption>
          <Segmented
            label={text.constantValue}
            value={typed === 'true' ? 'true' : 'false'}
            onChange={setTyped}
            options={[
              { value: 'true', label: 'true' },
              { value: 'false', label: 'false' },
            ]}
          />
        </div>
      ) : (
        <TextField
          label={text.constantValue}
          value={typed}
          onChange={setTyped}
          mono={kind !== 'text'}
          help={text.constantHelp[kind]}
          error={told('value', 'error' in parsed ? parsed.error : undefined)}
          onBlur={() => leave('value')}
          onKeyDown={onEnter}
        />
      )}
      <div className={styles.constantFoot}>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button look="primary" onPress={add}>
          {text.constantAdd}
        </Button>
      </div>
    </div>
  );
}

/** Adds a key with the same value in every row. */
export function ConstantDialog({
  open,
  onClose,
  onAdd,
}: {
  open: boolean;
  onClose: () => void;
  onAdd: (key: string, value: unknown) => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title={text.constantTitle}>
      <Form onClose={onClose} onAdd={onAdd} />
    </Dialog>
  );
}
