import { Link } from '@tanstack/react-router';
import type { Sync } from '@/api/bindings/Sync';
import { Icon } from '@/components/Icon';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { text } from './text';
import styles from './Home.module.css';

/** So many syncs are named, those with most first. */
const named = 3;

/** What destinations refused and nobody has dealt with yet, by sync. */
export function HomeFooter({ syncs }: { syncs: readonly Sync[] }) {
  const refused = syncs.filter((sync) => sync.rejected > 0).sort((a, b) => b.rejected - a.rejected);
  if (refused.length === 0) return null;
  return (
    <footer className={styles.footer}>
      <Icon name="badCircle" size={14} className={t('bad')} />
      <span className={t('medium')}>
        {text.home.rejected(
          refused.reduce((sum, sync) => sum + sync.rejected, 0),
          refused.length,
        )}
      </span>
      <span className={styles.causes}>
        {refused.slice(0, named).map(({ definition: { name }, rejected }) => (
          <Link
            key={name}
            to="/events"
            search={{ sync: name, status: ['rejected'] }}
            className={cx(styles.cause)}
          >
            <bdi className={t('cut')} title={name}>
              {name}
            </bdi>
            <b>{count(rejected)}</b>
          </Link>
        ))}
        {refused.length > named && (
          <span className={t('soft')}>{text.home.moreSyncs(refused.length - named)}</span>
        )}
      </span>
      <Link to="/events" search={{ status: ['rejected'] }} className={cx(styles.all)}>
        {text.home.openEvents} <Icon name="right" size={12} />
      </Link>
    </footer>
  );
}
