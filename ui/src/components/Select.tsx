import type { ReactNode } from 'react';
import {
  Button,
  FieldError,
  Header,
  Label,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from 'react-aria-components';
import { Icon } from './Icon';
import { cx } from './cx';
import styles from './Select.module.css';
import field from './Field.module.css';

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** A second, quieter piece of the line: a type, a zone's offset. */
  detail?: string;
  icon?: ReactNode;
  section?: string;
  /** Why it can not be chosen. */
  disabled?: string | undefined;
}

export interface SelectProps<Value extends string> {
  label: string;
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly Option<Value>[];
  placeholder?: string;
  /** Beside the label. */
  remark?: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  hideLabel?: boolean;
  disabled?: boolean;
  mono?: boolean;
  look?: 'field' | 'bare';
  size?: 'sm' | 'md';
  className?: string | undefined;
  /** What stops one from going on is put right here. */
  problem?: boolean | undefined;
  /** The grid around it decides where the focus goes. */
  excludeFromTabOrder?: boolean;
}

/** One of a known set. Lists up to a few hundred entries. */
export function Select<Value extends string>({
  label,
  value,
  onChange,
  options,
  placeholder,
  remark,
  help,
  error,
  hideLabel,
  disabled,
  mono,
  look = 'field',
  size = 'md',
  className,
  problem,
  excludeFromTabOrder,
}: SelectProps<Value>) {
  const sections = [...new Set(options.map((option) => option.section))];
  const item = (option: Option<Value>) => (
    <ListBoxItem
      key={option.value}
      id={option.value}
      textValue={option.label}
      isDisabled={option.disabled !== undefined}
      className={cx(styles.option, mono && styles.mono)}
    >
      {option.icon}
      <span className={styles.optionLabel}>
        <bdi>{option.label}</bdi>
        {option.disabled !== undefined && <span className={styles.reason}>{option.disabled}</span>}
      </span>
      {option.detail && <span className={styles.detail}>{option.detail}</span>}
      <Icon name="check" size={14} className={cx(styles.tick)} />
    </ListBoxItem>
  );
  return (
    <AriaSelect
      value={value}
      onChange={(key) => onChange(key as Value)}
      isDisabled={disabled ?? false}
      isInvalid={!!error}
      validationBehavior="aria"
      placeholder={placeholder ?? 'Choose'}
      className={cx(field.field, className)}
    >
      <Label className={cx(field.label, hideLabel && field.hidden)}>
        {label}
        {remark && ' '}
        {remark && <span className={field.remark}>{remark}</span>}
      </Label>
      <Button
        {...(problem ? { 'data-first-problem': '' } : {})}
        {...(excludeFromTabOrder ? { excludeFromTabOrder, 'data-cell-focus': '' } : {})}
        className={cx(
          styles.trigger,
          look === 'bare' && styles.bare,
          size === 'sm' && styles.small,
          mono && styles.mono,
          error && styles.error,
        )}
      >
        <SelectValue className={cx(styles.value)}>
          {({ isPlaceholder, defaultChildren }) =>
            isPlaceholder ? (
              <span className={styles.placeholder}>{defaultChildren}</span>
            ) : (
              <bdi>{options.find((option) => option.value === value)?.label ?? defaultChildren}</bdi>
            )
          }
        </SelectValue>
        <Icon name="updown" size={14} className={cx(styles.sign)} />
      </Button>
      {error ? (
        <FieldError className={cx(field.help, field.helpError)}>
          <Icon name="warning" size={14} />
          {error}
        </FieldError>
      ) : (
        help !== undefined && (
          <Text slot="description" className={cx(field.help)}>
            {help}
          </Text>
        )
      )}
      <Popover className={cx(styles.popover)} offset={4}>
        <ListBox className={cx(styles.list)}>
          {sections.length > 1 || sections[0] !== undefined
            ? sections.map((section) => (
                <ListBoxSection key={section ?? ''} aria-label={section ?? label}>
                  {section && <Header className={cx(styles.header)}>{section}</Header>}
                  {options.filter((option) => option.section === section).map(item)}
                </ListBoxSection>
              ))
            : options.map(item)}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
