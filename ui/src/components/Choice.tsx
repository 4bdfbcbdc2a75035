import type { ReactNode } from 'react';
import { Radio as AriaRadio, RadioGroup } from 'react-aria-components';
import { cx } from './cx';
import styles from './Choice.module.css';

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; disabled?: boolean; count?: number | string }[];
}

/** Two to five short answers side by side, one chosen. */
export function Segmented<Value extends string>({ label, value, onChange, options }: SegmentedProps<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onChange={(next) => onChange(next as Value)}
      orientation="horizontal"
      className={cx(styles.segmented)}
    >
      {options.map((option) => (
        <AriaRadio
          key={option.value}
          value={option.value}
          isDisabled={option.disabled ?? false}
          className={cx(styles.segment)}
        >
          {option.label}
          {option.count !== undefined && <span className={styles.count}>{option.count}</span>}
        </AriaRadio>
      ))}
    </RadioGroup>
  );
}

/** A group of `ChoiceCard`s or `ChoiceRow`s, one chosen. */
export function ChoiceGroup({
  label,
  value,
  onChange,
  layout = 'list',
  children,
}: {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  layout?: 'list' | 'grid' | 'bare';
  children: ReactNode;
}) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onChange={onChange}
      className={cx(styles.group, styles[layout])}
    >
      {children}
    </RadioGroup>
  );
}

/** A boxed answer with its sign and one line that says what it needs. */
export function ChoiceCard({
  value,
  glyph,
  title,
  detail,
  after,
}: {
  value: string;
  glyph?: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  after?: ReactNode;
}) {
  return (
    <AriaRadio value={value} className={cx(styles.card)}>
      <span className={styles.radio} />
      {glyph && <span className={styles.glyph}>{glyph}</span>}
      <span className={styles.words}>
        <span className={styles.title}>{title}</span>
        {detail && <span className={styles.detail}>{detail}</span>}
      </span>
      {after}
    </AriaRadio>
  );
}

/** A row of a list of answers; what belongs to the chosen one unfolds below it, outside the radio itself. */
export function ChoiceRow({
  value,
  title,
  detail,
  open,
  children,
}: {
  value: string;
  title: ReactNode;
  detail?: ReactNode;
  open?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className={cx(styles.item, open && styles.open)}>
      <AriaRadio value={value} className={cx(styles.itemHead)}>
        <span className={styles.radio} />
        <span className={styles.words}>
          <span className={styles.title}>{title}</span>
          {detail && <span className={styles.detail}>{detail}</span>}
        </span>
      </AriaRadio>
      {open && children && <div className={styles.itemBody}>{children}</div>}
    </div>
  );
}
