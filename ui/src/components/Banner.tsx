import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import { cx } from './cx';
import { t } from './text';
import styles from './Banner.module.css';

const signs: Record<string, IconName> = { warn: 'held', bad: 'warning', info: 'info', ok: 'okCircle' };

/** What stays true until somebody acts: what happened · what is safe · what to do, and one button. */
export function Banner({
  tone,
  icon,
  children,
  action,
}: {
  tone: 'warn' | 'bad' | 'info' | 'ok';
  icon?: IconName;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={cx(styles.banner, styles[tone])} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={icon ?? signs[tone] ?? 'info'} className={cx(styles.sign)} />
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}

/** A quiet remark with its sign. */
export function Note({ icon = 'info', children }: { icon?: IconName; children: ReactNode }) {
  return (
    <p className={styles.note}>
      <Icon name={icon} size={14} />
      <span>{children}</span>
    </p>
  );
}

/** Nothing here yet: what would be here, and the one action that fills it. */
export function Empty({
  title,
  icon,
  children,
  action,
}: {
  title: string;
  icon?: IconName;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {icon && <Icon name={icon} className={t('faint')} />}
      <h2 className={styles.emptyTitle}>{title}</h2>
      {children && <p className={styles.emptyText}>{children}</p>}
      {action}
    </div>
  );
}
