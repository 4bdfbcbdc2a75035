import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Keys } from '@/components/Keys';
import { cx } from '@/components/cx';
import { isPressed } from '@/components/shortcut';
import { t } from '@/components/text';
import { inRename } from '../shortcuts';
import type { Line } from './model';
import { text } from './text';
import styles from './payload.module.css';

export type Leave = 'stay' | 'next' | 'previous';

interface Props {
  line: Line;
  name: string;
  renamed: boolean;
  editing: boolean;
  problem: string | undefined;
  onEdit: () => void;
  onKeep: (key: string, leave: Leave) => void;
  onCancel: () => void;
}

function Editor({ line, name, onKeep, onCancel }: Pick<Props, 'line' | 'name' | 'onKeep' | 'onCancel'>) {
  const [value, setValue] = useState(line.key);
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => input.current?.select(), []);
  const finish = (act: () => void) => {
    if (done.current) return;
    done.current = true;
    act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isPressed(event, inRename.keep)) finish(() => onKeep(value, 'stay'));
    else if (isPressed(event, inRename.next))
      finish(() => onKeep(value, event.shiftKey ? 'previous' : 'next'));
    else if (isPressed(event, inRename.cancel)) finish(onCancel);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className={styles.editor} data-editing="">
      <input
        ref={(node) => {
          input.current = node;
          if (node && document.activeElement !== node && !done.current) node.focus();
        }}
        className={styles.keyInput}
        aria-label={text.rename(name)}
        value={value}
        spellCheck={false}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => finish(() => onKeep(value, 'stay'))}
      />
      <span className={styles.hint} aria-hidden="true">
        <Keys shortcut={inRename.keep.keys} /> keep <Keys shortcut={inRename.next.keys} /> next{' '}
        <Keys shortcut={inRename.cancel.keys} /> cancel
        <span className={styles.hintMore}>{text.renameHint}</span>
      </span>
    </span>
  );
}

/** A line's key: text one presses to rename in place. */
export function KeyCell({ line, name, renamed, editing, problem, onEdit, onKeep, onCancel }: Props) {
  if (!line.on) return <span className={cx(styles.key, t('faint'))}>{text.notSent}</span>;
  if (editing) return <Editor line={line} name={name} onKeep={onKeep} onCancel={onCancel} />;
  const dot = Math.max(line.key.lastIndexOf('.') + 1, 0);
  return (
    <span className={styles.keyBox}>
      <button
        type="button"
        tabIndex={-1}
        data-cell-focus=""
        className={cx(
          styles.key,
          styles.keyButton,
          t('mono'),
          renamed && styles.renamed,
          problem && styles.keyBad,
        )}
        title={line.key}
        aria-label={`${text.rename(name)}: ${line.key}`}
        data-first-problem={problem ? '' : undefined}
        aria-describedby={problem ? `problem-${line.id}` : undefined}
        onClick={onEdit}
      >
        {dot > 0 && <span className={t('faint')}>{line.key.slice(0, dot)}</span>}
        {line.key.slice(dot)}
      </button>
      {problem && (
        <span id={`problem-${line.id}`} className={styles.keyProblem}>
          {problem}
        </span>
      )}
    </span>
  );
}
