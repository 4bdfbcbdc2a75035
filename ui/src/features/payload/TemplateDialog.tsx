import { useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { Select } from '@/components/Select';
import { useLeft } from '@/components/use-left';
import { DisguiseSelect } from './DisguiseSelect';
import type { Disguise } from './model';
import { readTemplate } from './template';
import { text } from './text';
import styles from './payload.module.css';

interface Props {
  columns: readonly string[];
  onClose: () => void;
  onAdd: (key: string, template: string, disguise: Disguise | null) => void;
}

function Form({ columns, onClose, onAdd }: Props) {
  const [key, setKey] = useState('');
  const [template, setTemplate] = useState('');
  const [disguise, setDisguise] = useState<Disguise | null>(null);
  const [insist, setInsist] = useState(false);
  const read = readTemplate(template, columns);
  const { leave, told } = useLeft<'key' | 'template'>(insist);
  const add = () => {
    if (!key.trim() || 'error' in read) setInsist(true);
    else onAdd(key.trim(), template, disguise);
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
        help={text.templateKeyHelp}
        error={told('key', key.trim() ? undefined : text.constantNoKey)}
        onBlur={() => leave('key')}
        onKeyDown={onEnter}
      />
      <TextField
        label={text.templateText}
        value={template}
        onChange={setTemplate}
        mono
        help={text.templateHelp}
        error={told('template', 'error' in read ? read.error : undefined)}
        onBlur={() => leave('template')}
        onKeyDown={onEnter}
      />
      <Select
        label={text.templateInsert}
        size="sm"
        mono
        value={null}
        options={columns.map((column) => ({ value: column, label: column }))}
        onChange={(column) =>
          setTemplate((before) => `${before}${before && !before.endsWith(' ') ? ' ' : ''}{${column}}`)
        }
      />
      <DisguiseSelect
        label={text.hashOf(key.trim() || text.templateText)}
        value={disguise}
        onChange={setDisguise}
      />
      <div className={styles.constantFoot}>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button look="primary" onPress={add}>
          {text.templateAdd}
        </Button>
      </div>
    </div>
  );
}

/** Adds a key whose text is put together from columns. */
export function TemplateDialog({ open, ...form }: Props & { open: boolean }) {
  return (
    <Dialog open={open} onClose={form.onClose} title={text.templateTitle}>
      <Form {...form} />
    </Dialog>
  );
}
