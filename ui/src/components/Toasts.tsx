import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button, IconButton } from './Button';
import { Icon } from './Icon';
import { type ToastMessage, toasts } from './toasts';
import { cx } from './cx';
import styles from './Toasts.module.css';

const shownFor = 8000;

function Toast({ message }: { message: ToastMessage }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => toasts.dismiss(message.id), shownFor);
    return () => clearTimeout(timer);
  }, [held, message.id]);
  const { action } = message;
  return (
    // Pointer and focus only hold the toast; its buttons are what one acts on.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={message.text}
      className={styles.toast}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon
        name={message.tone === 'bad' ? 'warning' : message.tone === 'ok' ? 'okCircle' : 'info'}
        className={cx(styles[message.tone])}
      />
      <span>{message.text}</span>
      {action && (
        <Button
          size="sm"
          look="quiet"
          onPress={() => {
            action.onAction();
            toasts.dismiss(message.id);
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="cross" label="Dismiss" onPress={() => toasts.dismiss(message.id)} />
    </div>
  );
}

/** Where toasts appear: above the footer, in the middle. Rendered once by the shell. */
export function Toasts() {
  const list = useSyncExternalStore(toasts.subscribe, toasts.current);
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {list.map((message) => (
        <Toast key={message.id} message={message} />
      ))}
    </div>
  );
}
