import { Banner } from '@/components/Banner';
import type { Change } from '@/features/payload/changes';
import { ChangeList } from '@/features/payload/SavedChanges';
import type { Resent } from './resent';
import { text } from './text';
import styles from './wizard.module.css';

const most = 8;

/** How much is sent again once the changes are saved, with the reasons, and what of the payload is not as it was saved. */
export function ResentBanner({ resent, changes }: { resent: Resent | null; changes: readonly Change[] }) {
  if (!resent && changes.length === 0) return null;
  return (
    <section className={styles.tableFacts} aria-label={text.resent.title}>
      {resent && (
        <Banner tone={resent.again === 'all' ? 'warn' : 'info'}>
          {resent.reasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
        </Banner>
      )}
      {changes.length > 0 && <ChangeList changes={changes} most={most} />}
    </section>
  );
}
