import { useNavigate } from '@tanstack/react-router';
import type { Sync } from '@/api/bindings/Sync';
import { useConnections } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { t } from '@/components/text';
import { byCause, groupOf, inWindow, toMend } from './describe';
import { text } from './text';
import styles from './Home.module.css';

/** More than these are folded into one line until they are asked for, so that the list below stays in sight. */
const unfolded = 2;

interface Props {
  /** The most urgent first. */
  syncs: readonly Sync[];
  /** Shows all of them and lists only those; absent while it does. */
  onShowAll: (() => void) | undefined;
}

/** What only the user can decide: one banner and one button for each cause, the first of them filled. */
export function HomeBanners({ syncs, onShowAll }: Props) {
  const navigate = useNavigate();
  const connections = useConnections().data ?? [];
  const waiting = syncs.filter((sync) => groupOf(sync) === 'needsYou');
  if (waiting.length === 0) return null;
  const causes = byCause(waiting, connections);
  return (
    <div className={styles.banners}>
      {causes.length > unfolded && (
        <div className={styles.folded}>
          <b className={t('medium')}>{text.home.needYou(waiting.length)}</b>
          {onShowAll && (
            <Button size="sm" onPress={onShowAll}>
              {text.home.showThem(waiting.length)}
            </Button>
          )}
        </div>
      )}
      {causes.slice(0, onShowAll ? unfolded : causes.length).flatMap((group, index) => {
        const [sync] = group;
        if (!sync) return [];
        const { name } = sync.definition;
        const held = sync.status === 'held';
        const mend = toMend(sync, connections);
        const problem = sync.problem && inWindow(sync.problem);
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
              <b>{held ? text.held(name) : text.needsYou(group.map(({ definition }) => definition.name))}</b>{' '}
              {problem?.message}
            </p>
            <p className={t('soft')}>
              {problem?.safe} {problem?.hint}
            </p>
          </Banner>
        );
      })}
    </div>
  );
}
