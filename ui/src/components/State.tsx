import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import { cx } from './cx';
import styles from './State.module.css';

const states = {
  healthy: ['ok', 'okCircle', 'Healthy'],
  running: ['run', 'running', 'Running'],
  needsYou: ['bad', 'warning', 'Needs you'],
  held: ['warn', 'held', 'Held for review'],
  paused: ['', 'pauseCircle', 'Paused'],
  offline: ['', 'offline', 'Waiting for network'],
  draft: ['', 'draft', 'Draft'],
  delivered: ['ok', 'okCircle', 'Delivered'],
  accepted: ['ok', 'okCircle', 'Accepted'],
  rejected: ['bad', 'badCircle', 'Rejected'],
  waiting: ['warn', 'clock', 'Waiting'],
  sending: ['run', 'running', 'Sending'],
  completed: ['ok', 'okCircle', 'Completed'],
  completedWithRejections: ['warn', 'warning', 'Completed'],
  missed: ['', 'moon', 'Missed'],
  cancelled: ['', 'stop', 'Cancelled'],
  failed: ['bad', 'badCircle', 'Failed'],
} as const satisfies Record<string, [string, IconName, string]>;

export type StateName = keyof typeof states;

/** Icon + word + colour. Shapes differ without colour. */
export function State({
  state,
  children,
  quiet,
}: {
  state: StateName;
  children?: ReactNode;
  quiet?: boolean;
}) {
  const [tone, icon, word] = states[state];
  return (
    <span className={cx(styles.state, tone && styles[tone], quiet && styles.quiet)}>
      <Icon name={icon} className={cx(tone === 'run' && styles.turning)} />
      {children ?? word}
    </span>
  );
}

/** Only the sign, for where the word stands elsewhere; `label` is read out. */
export function StateIcon({ state, label }: { state: StateName; label?: string }) {
  const [tone, icon, word] = states[state];
  return (
    <span className={cx(styles.state, tone && styles[tone])} role="img" aria-label={label ?? word}>
      <Icon name={icon} className={cx(tone === 'run' && styles.turning)} />
    </span>
  );
}

/** The word of a state. */
export const stateWord = (state: StateName): string => states[state][2];

/** A short fact about one thing: "Required", "In keychain". */
export function Badge({
  tone,
  icon,
  children,
}: {
  tone?: 'ok' | 'warn' | 'bad' | 'accent' | 'personal';
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <span className={cx(styles.badge, tone && styles[`badge-${tone}`])}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

/** Whether a connection holds production or test data: a tag is not a state. */
export function Tag({ tag }: { tag: 'production' | 'test' }) {
  return (
    <span className={cx(styles.tag, styles[`tag-${tag}`])}>
      {tag === 'production' ? 'Production' : 'Test'}
    </span>
  );
}
