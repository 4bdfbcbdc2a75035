import type { ReactNode } from 'react';
import type { Kind } from '@/api/bindings/Kind';
import { Banner } from '@/components/Banner';
import { useWizard } from './context';
import { leftBehind } from './connect';
import { text } from './text';
import styles from './wizard.module.css';

/** What did not go along to the destination that was chosen. */
export function LeftBehind({ kind, action }: { kind: Kind | undefined; action?: ReactNode }) {
  const { was, shaping } = useWizard().state;
  const left = was && kind ? leftBehind(was, shaping.payload.shape, kind) : [];
  if (left.length === 0) return null;
  return (
    <div role="status">
      <Banner tone="info" action={action}>
        <p>
          <b>{text.left.title}</b>
        </p>
        <ul className={styles.points}>
          {left.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}
