import type { ReactNode, Ref } from 'react';
import { HelpButton } from './HelpButton';
import { cx } from './cx';
import { drags } from './drag';
import styles from './Page.module.css';

/** The bar on top of a view: its title and its actions. */
export function Toolbar({
  title,
  note,
  help,
  children,
}: {
  title: ReactNode;
  /** Quiet words beside the title. */
  note?: ReactNode;
  /** The screen whose help the head opens. */
  help: string;
  children?: ReactNode;
}) {
  return (
    <header className={styles.toolbar} {...drags()}>
      <h1 className={styles.toolbarTitle} {...drags()}>
        {title}
      </h1>
      {note}
      <div className={styles.actions}>
        {children}
        <HelpButton screen={help} />
      </div>
    </header>
  );
}

/** The head of a wizard step: a question and what it is about. */
export function StepHead({
  title,
  titleRef,
  help,
  children,
  after,
}: {
  title: string;
  /** The title takes the focus when its step comes. */
  titleRef?: Ref<HTMLHeadingElement>;
  /** The screen whose help the head opens. */
  help: string;
  children?: ReactNode;
  after?: ReactNode;
}) {
  return (
    <header className={styles.stepHead} {...drags()}>
      <div className={styles.stepWords}>
        <h1 className={styles.stepTitle} {...(titleRef ? { ref: titleRef, tabIndex: -1 } : {})}>
          {title}
        </h1>
        {children && <p className={styles.stepText}>{children}</p>}
      </div>
      {after}
      <HelpButton screen={help} />
    </header>
  );
}

/** What fills the rest of a view. */
export function Body({
  children,
  pad,
  className,
}: {
  children: ReactNode;
  pad?: boolean;
  className?: string | undefined;
}) {
  return <div className={cx(styles.body, pad && styles.pad, className)}>{children}</div>;
}

/** The bar at the bottom of a wizard step or view. */
export function Footer({ start, children }: { start?: ReactNode; children: ReactNode }) {
  return (
    <footer className={styles.footer}>
      {start}
      <span className={styles.gap} />
      {children}
    </footer>
  );
}
