import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { Help, SearchField } from '@/components/Field';
import { cx } from '@/components/cx';
import { type Shortcut, closing, isPressed } from '@/components/shortcut';
import { inEvents, inFilters } from '../shortcuts';
import { type Completion, completions } from './filter-completion';
import type { Known } from './filter-text';
import { text as words } from './text';
import type { FilterText } from './use-filter-text';
import styles from './FilterField.module.css';

/** The search: free words, and filters that are completed as they are typed. Backspace at its begin edits the last chip. */
export function FilterField({
  typed,
  known,
  inputRef,
}: {
  typed: FilterText;
  known: Known;
  inputRef: RefObject<HTMLInputElement | null>;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const { from, options } = completions(typed.text, known);
  const shown = open && options.length > 0;
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const accept = ({ insert }: Completion) => {
    const whole = !insert.endsWith(':');
    typed.put(`${typed.text.slice(0, from)}${insert}${whole ? ' ' : ''}`);
    setActive(-1);
    setOpen(!whole);
  };
  const move = (by: number) => {
    setOpen(true);
    const begin = by > 0 ? -1 : options.length;
    setActive((last) => ((shown && last >= 0 ? last : begin) + by + options.length) % options.length);
  };
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const option = shown ? options[active] : undefined;
    const { selectionStart, selectionEnd } = event.target as HTMLInputElement;
    const atBegin = selectionStart === 0 && selectionEnd === 0;
    const finish = () => {
      if (option) return accept(option);
      typed.finish();
      close();
    };
    const acts: [Shortcut, (() => void) | false][] = [
      [inFilters.next, options.length > 0 && (() => move(1))],
      [inFilters.previous, shown && (() => move(-1))],
      [inFilters.take, finish],
      [inFilters.edit, atBegin && (() => typed.takeBack())],
      [closing, shown && close],
    ];
    const act = acts.find(([shortcut]) => isPressed(event, shortcut))?.[1];
    if (!act || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const { problems, pending } = typed.reading;
  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the field in it has the keys first */}
      <div
        className={styles.field}
        onKeyDownCapture={(event) => {
          if (event.target === inputRef.current) keyDown(event);
        }}
        onBlur={(event) => {
          if (event.target !== inputRef.current) return;
          close();
          if (typed.text !== '') typed.finish();
        }}
      >
        <SearchField
          label={words.search}
          value={typed.text}
          onChange={(next) => {
            typed.put(next);
            setActive(-1);
            setOpen(/\S$/.test(next));
          }}
          keys={inEvents.search.keys}
          inputRef={inputRef}
          inputProps={{
            type: 'text',
            role: 'combobox',
            autoComplete: 'off',
            'aria-autocomplete': 'list',
            'aria-expanded': shown,
            'aria-describedby': `${id}-told`,
            ...(shown ? { 'aria-controls': id } : {}),
            ...(shown && active >= 0 ? { 'aria-activedescendant': `${id}-${String(active)}` } : {}),
          }}
        />
        {shown && (
          <div id={id} role="listbox" aria-label={words.typed.completions} className={styles.options}>
            {options.map((option, index) => (
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has the keys
              <div
                key={option.insert}
                id={`${id}-${String(index)}`}
                role="option"
                aria-selected={index === active}
                className={cx(styles.option, index === active && styles.active)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => accept(option)}
              >
                <span className={styles.word}>{option.label}</span>
                <span className={styles.detail}>{option.detail}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      <div id={`${id}-told`} role="status" className={cx(styles.told)}>
        {problems.map((problem) => (
          <Help key={problem} tone="error">
            {problem}
          </Help>
        ))}
        {problems.length === 0 && pending && <Help>{words.typed.enter}</Help>}
      </div>
    </>
  );
}
