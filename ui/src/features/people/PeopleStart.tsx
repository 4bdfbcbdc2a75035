import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { text } from './text';
import styles from './people.module.css';

/** Nobody is looked at yet: what can be searched, and the field for it. */
export function PeopleStart({ onAbout }: { onAbout: (about: string) => void }) {
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === '') input.current?.focus();
    else onAbout(typed.trim());
  };
  return (
    <div className={styles.start}>
      <h2 className={styles.startTitle}>{text.start}</h2>
      <p className={styles.startBody}>{text.startBody}</p>
      <form role="search" className={styles.startForm} onSubmit={find}>
        <div className={styles.startField}>
          <TextField
            label={text.search}
            value={typed}
            onChange={setTyped}
            help={text.searchHelp}
            icon="search"
            inputRef={input}
          />
        </div>
        <Button type="submit" look="primary" size="lg" className={styles.startGo}>
          {text.find}
        </Button>
      </form>
    </div>
  );
}
