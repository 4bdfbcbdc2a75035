import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon } from './Icon';
import { cx } from './cx';
import menu from './Menu.module.css';
import styles from './FilterChip.module.css';

export interface FilterChipProps<Value extends string> {
  /** What it filters by. */
  label: string;
  /** The chosen values in words. */
  words: string;
  options: readonly { value: Value; label: string; detail?: string }[];
  chosen: readonly Value[];
  /** Several may be chosen at once; the menu then stays open. */
  several?: boolean;
  onChange: (chosen: Value[]) => void;
  /** The filter narrows the list now; it can be taken away with one press. */
  active?: boolean;
  removeLabel: string;
  onRemove: () => void;
}

/** A filter that says what it lets through. */
export function FilterChip<Value extends string>({
  label,
  words,
  options,
  chosen,
  several,
  onChange,
  active,
  removeLabel,
  onRemove,
}: FilterChipProps<Value>) {
  return (
    <span className={cx(styles.chip, active && styles.active)}>
      <MenuTrigger>
        <Button className={cx(styles.open)}>
          <span className={styles.label}>{label}</span>
          <b className={styles.words} dir="auto">
            {words}
          </b>
          {!active && <Icon name="down" size={14} />}
        </Button>
        <Popover className={cx(menu.popover)} placement="bottom start" offset={4}>
          <Menu
            aria-label={label}
            className={cx(menu.menu, styles.menu)}
            selectionMode={several ? 'multiple' : 'single'}
            selectedKeys={chosen}
            onSelectionChange={(keys) =>
              onChange(keys === 'all' ? options.map((option) => option.value) : ([...keys] as Value[]))
            }
          >
            {options.map((option) => (
              <MenuItem
                key={option.value}
                id={option.value}
                textValue={option.label}
                className={cx(menu.item)}
              >
                {({ isSelected }) => (
                  <>
                    <span className={styles.tick}>{isSelected && <Icon name="check" size={14} />}</span>
                    <span className={menu.word} dir="auto">
                      {option.label}
                    </span>
                    {option.detail && <span className={menu.keys}>{option.detail}</span>}
                  </>
                )}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {active && (
        <Button className={cx(styles.remove)} aria-label={removeLabel} onPress={onRemove}>
          <Icon name="cross" size={14} />
        </Button>
      )}
    </span>
  );
}

/** A filter by one value that is not chosen from a list; pressing it edits it. */
export function ValueChip({
  label,
  words,
  editLabel,
  onEdit,
  removeLabel,
  onRemove,
}: {
  /** What it filters by. */
  label: string;
  /** The value in words. */
  words: string;
  editLabel: string;
  onEdit: () => void;
  removeLabel: string;
  onRemove: () => void;
}) {
  return (
    <span className={cx(styles.chip, styles.active)}>
      <Button className={cx(styles.open)} aria-label={editLabel} onPress={onEdit}>
        <span className={styles.label}>{label}</span>
        <b className={styles.words} dir="auto">
          {words}
        </b>
      </Button>
      <Button className={cx(styles.remove)} aria-label={removeLabel} onPress={onRemove}>
        <Icon name="cross" size={14} />
      </Button>
    </span>
  );
}
