import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { Keys } from './Keys';
import { Tooltip } from './Tooltip';
import { cx } from './cx';
import styles from './Button.module.css';

export type ButtonLook = 'secondary' | 'primary' | 'quiet' | 'danger' | 'dangerSolid';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  look?: ButtonLook;
  /** 24 in rows and panel toolbars, 28 by default, 32 in forms and the wizard's footer. */
  size?: 'sm' | 'md' | 'lg';
  icon?: IconName;
  iconAfter?: IconName;
  /** The shortcut that does the same, shown as a key cap. */
  keys?: string;
  /** Work under way: shown in the button's place; the button cannot be pressed meanwhile. */
  busy?: boolean;
  pressed?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}

/** Verb + object + number. At most one `primary` in a view. */
export function Button({
  look = 'secondary',
  size = 'md',
  icon,
  iconAfter,
  keys,
  busy,
  pressed,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      isPending={busy ?? false}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      data-look={look}
      className={cx(styles.button, styles[look], styles[size], pressed && styles.pressed, className)}
    >
      {busy ? (
        <Icon name="running" size={size === 'sm' ? 14 : 16} className={cx(styles.turning)} />
      ) : (
        icon && <Icon name={icon} size={size === 'sm' ? 14 : 16} />
      )}
      {children}
      {iconAfter && <Icon name={iconAfter} size={12} />}
      {keys && <Keys shortcut={keys} />}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'iconAfter' | 'keys'> {
  icon: IconName;
  /** The button's name, shown as its tooltip. */
  label: string;
  keys?: string;
}

/** A button known by its sign; its name is shown on hover and focus. */
export function IconButton({
  icon,
  label,
  keys,
  look = 'quiet',
  size = 'sm',
  pressed,
  busy,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(keys ? { keys } : {})}>
      <AriaButton
        {...rest}
        aria-label={label}
        isPending={busy ?? false}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        data-look={look}
        className={cx(
          styles.button,
          styles[look],
          styles[size],
          styles.iconOnly,
          pressed && styles.pressed,
          className,
        )}
      >
        <Icon
          name={busy ? 'running' : icon}
          size={size === 'sm' ? 14 : 16}
          className={cx(busy && styles.turning)}
        />
      </AriaButton>
    </Tooltip>
  );
}

/** An action inside a sentence. */
export function LinkButton({
  children,
  ...rest
}: Omit<AriaButtonProps, 'className' | 'style' | 'children'> & { children: ReactNode }) {
  return (
    <AriaButton {...rest} className={cx(styles.link)}>
      {children}
    </AriaButton>
  );
}
