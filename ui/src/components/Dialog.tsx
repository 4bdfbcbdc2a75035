import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { ScrollRegion } from './ScrollRegion';
import { cx } from './cx';
import styles from './Dialog.module.css';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  /** The question. */
  title: string;
  children?: ReactNode;
  /** The answers, the one that loses nothing first and focused. */
  actions?: ReactNode;
  width?: 'narrow' | 'wide' | 'table';
  /** At the right edge, over the whole height: to read beside one's work. */
  side?: boolean;
  /** A question that must be answered rather than dismissed. */
  alert?: boolean;
  /** Something was typed into it: a press beside it does not throw that away. */
  typed?: boolean;
}

/** To decide; at the side, to read. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  actions,
  width = 'narrow',
  side,
  alert,
  typed,
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => !next && onClose()}
      isDismissable={!alert && !typed}
      className={cx(styles.scrim, side && styles.aside)}
    >
      <Modal className={cx(styles.modal, side ? styles.side : styles[width])}>
        <AriaDialog role={alert ? 'alertdialog' : 'dialog'} className={cx(styles.dialog)}>
          <Heading slot="title" className={cx(styles.title)}>
            {title}
          </Heading>
          {children &&
            (side ? (
              <ScrollRegion label={title} className={cx(styles.body, styles.read)}>
                {children}
              </ScrollRegion>
            ) : (
              <div className={styles.body}>{children}</div>
            ))}
          {actions && <div className={styles.foot}>{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
