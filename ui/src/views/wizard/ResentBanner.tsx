import { Banner } from '@/components/Banner';
import type { Resent } from './resent';
import { text } from './text';
import styles from './wizard.module.css';

/** How much is sent again once the changes are saved, with the reasons. */
export function ResentBanner({ resent }: { resent: Resent }) {
  return (
    <section className={styles.tableFacts} aria-label={text.resent.title}>
      <Banner tone={resent.again === 'all' ? 'warn' : 'info'}>
        {resent.reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </Banner>
    </section>
  );
}
