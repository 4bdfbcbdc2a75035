import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
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
  width?: 'narrow' | 'wide';
  /** A question that must be answered rather than dismissed. */
  alert?: boolean;
}

/** Only to decide. */
export function Dialog({ open, onClose, title, children, actions, width = 'narrow', alert }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => !next && onClose()}
      isDismissable={!alert}
      className={cx(styles.scrim)}
    >
      <Modal className={cx(styles.modal, styles[width])}>
        <AriaDialog role={alert ? 'alertdialog' : 'dialog'} className={cx(styles.dialog)}>
          <Heading slot="title" className={cx(styles.title)}>
            {title}
          </Heading>
          {children && <div className={styles.body}>{children}</div>}
          {actions && <div className={styles.foot}>{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
