import { useNavigate } from '@tanstack/react-router';
import type { Sync } from '@/api/bindings/Sync';
import { useConnections } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { t } from '@/components/text';
import { groupOf, toMend } from './describe';
import { text } from './text';
import styles from './Home.module.css';

/** What only the user can decide: one banner each, one button each, the first of them filled. */
export function HomeBanners({ syncs }: { syncs: readonly Sync[] }) {
  const navigate = useNavigate();
  const connections = useConnections().data ?? [];
  const waiting = syncs.filter((sync) => groupOf(sync) === 'needsYou');
  if (waiting.length === 0) return null;
  return (
    <div className={styles.banners}>
      {waiting.map((sync, index) => {
        const { name } = sync.definition;
        const held = sync.status === 'held';
        const mend = toMend(sync, connections);
        const act = () =>
          void (mend === null
            ? navigate({ to: held ? '/syncs/$name/held' : '/syncs/$name', params: { name } })
            : navigate({ to: '/connections', search: { edit: mend } }));
        return (
          <Banner
            key={name}
            tone={held ? 'warn' : 'bad'}
            action={
              <Button
                look={index === 0 ? 'primary' : 'secondary'}
                className={styles.bannerButton ?? ''}
                onPress={act}
              >
                {sync.held
                  ? text.review(sync.held.waiting)
                  : mend === null
                    ? text.open(name)
                    : text.mend(mend, sync.problem?.kind ?? '')}
              </Button>
            }
          >
            <p>
              <b>{held ? text.held(name) : text.needsYou(name)}</b> {sync.problem?.message}
            </p>
            <p className={t('soft')}>
              {sync.problem?.safe} {sync.problem?.hint}
            </p>
          </Banner>
        );
      })}
    </div>
  );
}
