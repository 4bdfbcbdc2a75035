import type { ReactElement } from 'react';
import { Keyboard, Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { keysText } from './Keys';
import { cx } from './cx';
import styles from './Menu.module.css';

export interface MenuAction {
  id: string;
  label: string;
  icon?: IconName;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  onAction: () => void;
}

/** The actions behind a button; `'-'` draws a line between groups. */
export function Menu({
  label,
  trigger,
  actions,
}: {
  label: string;
  trigger: ReactElement;
  actions: readonly (MenuAction | '-')[];
}) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={cx(styles.popover)} placement="bottom end" offset={4}>
        <AriaMenu aria-label={label} className={cx(styles.menu)}>
          {actions.map((action, index) =>
            action === '-' ? (
              <Separator key={`line-${String(index)}`} className={cx(styles.line)} />
            ) : (
              <MenuItem
                key={action.id}
                id={action.id}
                textValue={action.label}
                isDisabled={action.disabled ?? false}
                onAction={action.onAction}
                className={cx(styles.item, action.danger && styles.danger)}
              >
                {action.icon && <Icon name={action.icon} />}
                <span className={styles.word}>{action.label}</span>
                {action.keys && <Keyboard className={cx(styles.keys)}>{keysText(action.keys)}</Keyboard>}
              </MenuItem>
            ),
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
