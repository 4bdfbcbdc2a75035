import type { ReactNode } from 'react';
import { Checkbox as AriaCheckbox, Switch as AriaSwitch } from 'react-aria-components';
import { Icon } from './Icon';
import { cx } from './cx';
import styles from './Checkbox.module.css';

export interface CheckboxProps {
  checked: boolean | 'mixed';
  onChange: (checked: boolean) => void;
  /** The visible words; without them `name` is needed. */
  children?: ReactNode;
  name?: string;
  help?: ReactNode;
  disabled?: boolean;
}

/** Three states; a mixed box becomes checked when pressed. */
export function Checkbox({ checked, onChange, children, name, help, disabled }: CheckboxProps) {
  return (
    <AriaCheckbox
      isSelected={checked === true}
      isIndeterminate={checked === 'mixed'}
      onChange={onChange}
      isDisabled={disabled ?? false}
      {...(name ? { 'aria-label': name } : {})}
      className={cx(styles.pick)}
    >
      <span className={styles.box}>
        <Icon name={checked === 'mixed' ? 'minus' : 'check'} size={12} />
      </span>
      {children && (
        <span>
          {children}
          {help && <span className={styles.help}>{help}</span>}
        </span>
      )}
    </AriaCheckbox>
  );
}

/** On or off at once, without a button to confirm. */
export function Switch({
  on,
  onChange,
  children,
  help,
  disabled,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
  help?: ReactNode;
  disabled?: boolean;
}) {
  return (
    <AriaSwitch
      isSelected={on}
      onChange={onChange}
      isDisabled={disabled ?? false}
      className={cx(styles.pick, styles.switchPick)}
    >
      <span className={styles.switch} />
      <span>
        {children}
        {help && <span className={styles.help}>{help}</span>}
      </span>
    </AriaSwitch>
  );
}
