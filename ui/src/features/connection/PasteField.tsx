import { useState } from 'react';
import type { Kind } from '@/api/bindings/Kind';
import type { Problem } from '@/api/bindings/Problem';
import { asProblem, call } from '@/api/client';
import { Help, TextField } from '@/components/Field';
import type { ConnectionForm, Secrets } from './form';
import { text } from './text';
import styles from './connection.module.css';

interface Props {
  kind: Kind;
  form: ConnectionForm;
  secrets: Secrets;
  onFilled: (form: ConnectionForm, secrets: Secrets) => void;
}

/** Fills the form from one pasted thing and says what it filled. What was pasted is not kept: it may hold a password. */
export function PasteField({ kind, form, secrets, onFilled }: Props) {
  const [value, setValue] = useState('');
  const [said, setSaid] = useState<{ labels: string[]; ignored: string[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const fill = async (pasted: string) => {
    if (!pasted.trim()) return;
    try {
      const { filled, ignored } = await call('connection_paste', { kind: kind.id, text: pasted });
      const found = kind.settings.filter(({ key }) => filled[key]);
      const of = (secret: boolean) =>
        Object.fromEntries(
          found.filter((item) => item.secret === secret).map(({ key }) => [key, filled[key] ?? '']),
        );
      onFilled(
        { ...form, settings: { ...form.settings, ...of(false) }, filled: found.map(({ key }) => key) },
        { ...secrets, ...of(true) },
      );
      setSaid({ labels: found.map(({ label }) => label.toLowerCase()), ignored });
      setProblem(null);
      setValue('');
    } catch (error) {
      setProblem(asProblem(error));
      setSaid(null);
    }
  };

  return (
    <div className={styles.paste}>
      <TextField
        label={text.paste}
        icon="paste"
        mono
        value={value}
        onChange={setValue}
        onPaste={(pasted) => void fill(pasted)}
        onBlur={() => void fill(value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.metaKey && !event.ctrlKey) void fill(value);
        }}
        error={problem ? `${problem.message} ${problem.hint}` : undefined}
      />
      {!problem && (
        <div role="status">
          {said ? (
            <Help tone="ok">
              {text.filled(said.labels)} {said.ignored.length > 0 && text.ignored(said.ignored)}
            </Help>
          ) : (
            <Help>{text.pasteHelp}</Help>
          )}
        </div>
      )}
    </div>
  );
}
