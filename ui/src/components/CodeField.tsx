import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { CodeLines, type CodePiece } from './CodeLines';
import { Icon } from './Icon';
import { cx } from './cx';
import styles from './CodeField.module.css';

export interface CompletionOption {
  label: string;
  /** What is written where it is not the label. */
  insert?: string;
  detail?: string;
  /** One of what is offered twice under one label. */
  kind: string;
  /** Does something instead of writing; the list comes again once `complete` knows more. */
  run?: () => void;
}

export interface Completion {
  from: number;
  to: number;
  options: readonly CompletionOption[];
}

export interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The pieces of a text, in their order and all of it. */
  paint: (text: string) => readonly CodePiece[];
  /** What is wrong, if it has a place. */
  mark?: { from: number; to: number } | null;
  complete?: (text: string, caret: number, asked: boolean) => Completion | null;
  completions: string;
  help?: ReactNode;
  /** What is wrong, in words. */
  error?: ReactNode;
  placeholder?: string;
  onBlur?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  fieldRef: RefObject<HTMLTextAreaElement | null>;
}

/** Writes over a stretch of the field, so that the browser's undo knows it. */
function write(field: HTMLTextAreaElement, from: number, to: number, words: string): void {
  field.setSelectionRange(from, to);
  const wrote =
    typeof document.execCommand === 'function' && document.execCommand('insertText', false, words);
  if (!wrote) field.setRangeText(words, from, to, 'end');
}

/**
 * Code in a plain text area, so that typing, undo, input methods and screen readers are the system's own. What is seen
 * is the same text in colours on top of it. Tab leaves it.
 */
export function CodeField(props: CodeFieldProps) {
  const {
    label,
    value,
    onChange,
    paint,
    mark,
    complete,
    completions,
    help,
    error,
    placeholder,
    onBlur,
    onKeyDown,
    fieldRef: field,
  } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<Completion | null>(null);
  const [active, setActive] = useState(0);
  /** What was chosen has still to come. */
  const [waiting, setWaiting] = useState(false);
  const [was, setWas] = useState(() => complete);

  const show = (completion: Completion | null | undefined) => {
    setOpen(completion ?? null);
    setActive(0);
  };
  const close = () => {
    setOpen(null);
    setWaiting(false);
  };

  // More is known now: what was waited for is shown.
  if (was !== complete) {
    setWas(() => complete);
    if (waiting && open) {
      const more = complete?.(value, open.to, true) ?? null;
      if (more?.options.some(({ run }) => !run)) setWaiting(false);
      show(more);
    }
  }

  const choose = (option: CompletionOption) => {
    if (!open || !field.current) return;
    if (option.run) {
      setWaiting(true);
      option.run();
      return;
    }
    write(field.current, open.from, open.to, option.insert ?? option.label);
    close();
    if (field.current.value !== value) onChange(field.current.value);
  };

  // Below the word that is typed, or above it where there is no room. The list is held by the window, so nothing cuts it.
  useLayoutEffect(() => {
    const anchor = field.current?.parentElement?.querySelector('[data-anchor]');
    if (!open || !list.current || !anchor) return;
    const { left, top, bottom } = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = list.current;
    const above = bottom + 4 + height > window.innerHeight && top - 4 - height > 0;
    list.current.style.left = `${String(Math.max(4, Math.min(left - 8, window.innerWidth - width - 4)))}px`;
    list.current.style.top = `${String(above ? top - 4 - height : bottom + 4)}px`;
  }, [open, field]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active, open]);

  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const plain = !event.metaKey && !event.ctrlKey && !event.altKey;
    const count = open?.options.length ?? 0;
    const option = open?.options[active];
    if (event.nativeEvent.isComposing) return;
    if (event.key === ' ' && event.ctrlKey && complete)
      show(complete(value, event.currentTarget.selectionStart, true));
    else if (open && plain && event.key === 'ArrowDown') setActive((active + 1) % count);
    else if (open && plain && event.key === 'ArrowUp') setActive((active - 1 + count) % count);
    else if (open && event.key === 'Escape') close();
    else if (option && plain && !event.shiftKey && event.key === 'Enter') choose(option);
    else {
      onKeyDown?.(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const describedBy = error || help !== undefined ? `${id}-help` : undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={`${id}-field`} className={styles.label}>
        {label}
      </label>
      <div className={cx(styles.box, !!error && styles.wrong)} onScroll={close}>
        <div className={styles.stack}>
          <textarea
            id={`${id}-field`}
            ref={field}
            className={styles.text}
            value={value}
            placeholder={placeholder}
            rows={1}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autoCorrect="off"
            aria-invalid={error ? true : undefined}
            aria-describedby={describedBy}
            aria-autocomplete={complete ? 'list' : undefined}
            aria-controls={open ? `${id}-list` : undefined}
            aria-activedescendant={open ? `${id}-option-${String(active)}` : undefined}
            onChange={({ currentTarget }) => {
              const { value: typed, selectionStart } = currentTarget;
              onChange(typed);
              setWaiting(false);
              // What is pasted or deleted asks for nothing.
              show(typed.length === value.length + 1 ? complete?.(typed, selectionStart, false) : null);
            }}
            onSelect={({ currentTarget: { selectionStart, selectionEnd } }) => {
              if (open && (selectionStart !== open.to || selectionEnd !== open.to)) close();
            }}
            onBlur={() => {
              close();
              onBlur?.();
            }}
            onKeyDown={onKey}
          />
          <CodeLines text={value} paint={paint} mark={mark ?? null} anchor={open?.from ?? null} />
        </div>
      </div>
      {open && (
        <div ref={list} id={`${id}-list`} role="listbox" aria-label={completions} className={styles.list}>
          {open.options.map((option, index) => (
            // Keys are the field's; a mouse presses here without taking the focus.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={`${option.kind} ${option.label}`}
              id={`${id}-option-${String(index)}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              className={styles.option}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(option)}
            >
              <bdi className={styles.name}>{option.label}</bdi>{' '}
              {option.detail && <span className={styles.detail}>{option.detail}</span>}
            </div>
          ))}
        </div>
      )}
      {describedBy && (
        <div id={describedBy} className={cx(styles.help, !!error && styles.helpError)}>
          {error && <Icon name="warning" size={14} />}
          {error || help}
        </div>
      )}
    </div>
  );
}
