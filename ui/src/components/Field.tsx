import { type ReactNode, type Ref } from 'react';
import {
  Button as AriaButton,
  FieldError,
  Input,
  type InputProps,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { Keys } from './Keys';
import { cx } from './cx';
import styles from './Field.module.css';

export interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onFocus?: () => void;
  onBlur?: () => void;
  /** Beside the label: "from paste", "if it has one". */
  remark?: ReactNode;
  /** Below the field, mostly an example; its room is kept for the error. */
  help?: ReactNode;
  /** It is wrong, and the words for it stand elsewhere: in `describedBy`. */
  wrong?: boolean;
  describedBy?: string | undefined;
  /** What is wrong and an example that is right. */
  error?: string | undefined;
  placeholder?: string;
  icon?: IconName;
  /** What the machine reads is set in mono. */
  mono?: boolean;
  /** Tinted until touched: the value came from something pasted. */
  filled?: boolean;
  secret?: boolean;
  disabled?: boolean;
  required?: boolean;
  /** More than one line: the number of rows. */
  rows?: number;
  /** What stands in several lines is shown as dots, as a password is in one. */
  masked?: boolean;
  /** The label is read out but not shown. */
  hideLabel?: boolean;
  size?: 'sm' | 'md';
  /** At the right end, inside the edge. */
  after?: ReactNode;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
  name?: string;
  onPaste?: (text: string) => void;
  onKeyDown?: (event: React.KeyboardEvent) => void;
}

/** A key also reaches what is around the field: Escape closes the dialog it is in. */
const goesOn =
  (onKeyDown: (event: React.KeyboardEvent) => void) =>
  (event: React.KeyboardEvent & { continuePropagation: () => void }) => {
    onKeyDown(event);
    event.continuePropagation();
  };

/** A label above, an example below. Errors come on leaving the field, never on the first key. */
export function TextField(props: TextFieldProps) {
  const {
    label,
    value,
    onChange,
    onFocus,
    onBlur,
    remark,
    help,
    error,
    wrong,
    describedBy,
    placeholder,
    icon,
    mono,
    filled,
    secret,
    disabled,
    required,
    rows,
    masked,
    hideLabel,
    size = 'md',
    after,
    inputRef,
    autoFocus,
    name,
    onPaste,
    onKeyDown,
  } = props;
  const shared = {
    className: cx(styles.control),
    ...(placeholder ? { placeholder } : {}),
    spellCheck: false,
    autoComplete: 'off',
    onPaste: (event: React.ClipboardEvent) => onPaste?.(event.clipboardData.getData('text')),
  };
  return (
    <AriaTextField
      value={value}
      onChange={onChange}
      {...(describedBy ? { 'aria-describedby': describedBy } : {})}
      {...(onFocus ? { onFocus } : {})}
      {...(onBlur ? { onBlur } : {})}
      {...(onKeyDown ? { onKeyDown: goesOn(onKeyDown) } : {})}
      {...(name ? { name } : {})}
      isInvalid={!!error || !!wrong}
      isDisabled={disabled ?? false}
      isRequired={required ?? false}
      validationBehavior="aria"
      type={secret ? 'password' : 'text'}
      className={cx(styles.field)}
    >
      <Label className={cx(styles.label, hideLabel && styles.hidden)}>
        {label}
        {/* The space is for who hears it. */}
        {remark && ' '}
        {remark && <span className={styles.remark}>{remark}</span>}
      </Label>
      <div
        className={cx(
          styles.input,
          size === 'sm' && styles.small,
          mono && styles.mono,
          filled && styles.filled,
          (error || wrong) && styles.error,
          disabled && styles.disabled,
          !!rows && styles.tall,
          masked && styles.masked,
        )}
      >
        {icon && <Icon name={icon} className={cx(styles.sign)} />}
        {rows ? (
          <TextArea {...shared} rows={rows} />
        ) : (
          <Input {...shared} {...(inputRef ? { ref: inputRef } : {})} {...(autoFocus ? { autoFocus } : {})} />
        )}
        {after}
      </div>
      {error ? (
        <FieldError className={cx(styles.help, styles.helpError)}>
          <Icon name="warning" size={14} />
          {error}
        </FieldError>
      ) : (
        help !== undefined && (
          <Text slot="description" className={cx(styles.help)}>
            {help}
          </Text>
        )
      )}
    </AriaTextField>
  );
}

/** A line below a control that is not a TextField. */
export function Help({ tone, id, children }: { tone?: 'ok' | 'error'; id?: string; children: ReactNode }) {
  return (
    <span
      id={id}
      className={cx(styles.help, tone === 'ok' && styles.helpOk, tone === 'error' && styles.helpError)}
    >
      {tone && <Icon name={tone === 'ok' ? 'check' : 'warning'} size={14} />}
      <span>{children}</span>
    </span>
  );
}

/** A caption for a control that carries its own label for assistive technology. */
export function Caption({ id, remark, children }: { id?: string; remark?: ReactNode; children: ReactNode }) {
  return (
    <span id={id} className={styles.label}>
      {children}
      {remark && <span className={styles.remark}>{remark}</span>}
    </span>
  );
}

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** "7 of 214", at the right end while something is typed. */
  count?: string;
  keys?: string;
  className?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
  onSubmit?: (value: string) => void;
  /** What makes it more than a search: a list that completes what is typed. */
  inputProps?: InputProps;
  size?: 'xs' | 'sm';
}

/** Filters what is beside it as one types; Escape empties it. */
export function SearchField({
  label,
  value,
  onChange,
  count,
  keys,
  className,
  inputRef,
  onSubmit,
  inputProps,
  size = 'sm',
}: SearchFieldProps) {
  return (
    <AriaSearchField
      value={value}
      onChange={onChange}
      {...(onSubmit ? { onSubmit } : {})}
      aria-label={label}
      className={cx(styles.input, styles.small, size === 'xs' && styles.tiny, styles.search, className)}
    >
      <Icon name="search" size={size === 'xs' ? 14 : 16} className={cx(styles.sign)} />
      <Input
        {...inputProps}
        className={cx(styles.control)}
        placeholder={label}
        {...(inputRef ? { ref: inputRef } : {})}
        spellCheck={false}
      />
      {value ? (
        <>
          {count && <span className={styles.count}>{count}</span>}
          <AriaButton className={cx(styles.clear)} aria-label="Clear the search">
            <Icon name="cross" size={14} />
          </AriaButton>
        </>
      ) : (
        keys && <Keys shortcut={keys} />
      )}
    </AriaSearchField>
  );
}
