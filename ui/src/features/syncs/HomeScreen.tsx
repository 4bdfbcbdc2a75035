import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '@/api/client';
import { useAppInfo, useDrafts, useSyncs } from '@/api/queries';
import { Banner, Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { Icon } from '@/components/Icon';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { Waiting } from '@/components/Waiting';
import { useNow } from '@/components/when';
import { inWindow } from '../shortcuts';
import { AlertBanners } from './AlertBanners';
import { byUrgency, type Group, groupOf, newDrafts } from './describe';
import { HomeBanners } from './HomeBanners';
import { HomeFooter } from './HomeFooter';
import { HomeTable, type HomeTableProps } from './HomeTable';
import { DaySums } from './DaySums';
import { SyncQuestion, type Question } from './SyncQuestion';
import { TourOffer } from './TourOffer';
import { text } from './text';
import { useSyncActions } from './use-sync-actions';
import styles from './Home.module.css';

const words = text.home;

/** All syncs on one page: what needs you on top, one line each below. */
export function HomeScreen({ missing }: Pick<HomeTableProps, 'missing'>) {
  const navigate = useNavigate();
  const now = useNow();
  const syncs = useSyncs();
  const kept = useDrafts();
  const info = useAppInfo().data;
  const settings = info?.settings;
  const actions = useSyncActions();
  const [group, setGroup] = useState<Group | 'all'>('all');
  const [question, setQuestion] = useState<Question | null>(null);
  const list = [...(syncs.data ?? [])].sort(byUrgency);
  const drafts = newDrafts(kept.data ?? [], list);
  const paused = settings?.schedules_paused ?? false;
  const toNew = () => void navigate({ to: '/new' });
  const size = (wanted: Group) =>
    list.filter((sync) => groupOf(sync) === wanted).length + (wanted === 'other' ? drafts.length : 0);
  const shown = list.filter((sync) => group === 'all' || groupOf(sync) === group);
  const shownDrafts = group === 'all' || group === 'other' ? drafts : [];

  return (
    <>
      <Toolbar title={words.title} help="home">
        {list.length > 0 && settings && (
          <Button
            look="quiet"
            icon={paused ? 'play' : 'pause'}
            busy={actions.busy === 'pause all'}
            onPress={() => void actions.pauseAll(settings, !paused)}
          >
            {paused ? words.resumeAll : words.pauseAll}
          </Button>
        )}
        <Button icon="plus" keys={inWindow.newSync.keys} onPress={toNew}>
          {words.newSync}
        </Button>
      </Toolbar>
      {syncs.isPending ? (
        <Waiting label={words.reading} rows={8} />
      ) : syncs.error ? (
        <Body pad>
          <ProblemBox problem={asProblem(syncs.error)} />
        </Body>
      ) : list.length + drafts.length === 0 ? (
        <Body pad className={styles.empty ?? ''}>
          <Icon name="refresh" className={t('faint')} />
          <Empty
            title={words.empty.title}
            action={
              <Button look="primary" onPress={toNew}>
                {words.empty.action}
              </Button>
            }
          >
            {words.empty.body}
          </Empty>
        </Body>
      ) : (
        <Body>
          <div className={styles.scroll}>
            {info?.storage && (
              <div className={styles.banners}>
                <ProblemBox problem={info.storage} tone="warn" />
              </div>
            )}
            <HomeBanners
              syncs={list}
              onShowAll={group === 'needsYou' ? undefined : () => setGroup('needsYou')}
            />
            <AlertBanners />
            <TourOffer syncs={list.length} />
            {paused && (
              <div className={styles.banners}>
                <Banner tone="info" icon="pauseCircle">
                  <b>{words.allPaused}</b> {words.allPausedSafe}
                </Banner>
              </div>
            )}
            <div className={styles.filter}>
              <Segmented
                label={words.show}
                value={group}
                onChange={setGroup}
                options={[
                  { value: 'all', label: words.all, count: list.length + drafts.length },
                  {
                    value: 'needsYou',
                    label: (
                      <>
                        <Icon name="held" size={14} />
                        {words.needsYou}
                      </>
                    ),
                    count: size('needsYou'),
                  },
                  {
                    value: 'running',
                    label: (
                      <>
                        <Icon name="running" size={14} />
                        {words.running}
                      </>
                    ),
                    count: size('running'),
                  },
                  {
                    value: 'healthy',
                    label: (
                      <>
                        <Icon name="okCircle" size={14} />
                        {words.healthy}
                      </>
                    ),
                    count: size('healthy'),
                  },
                  { value: 'other', label: words.other, count: size('other') },
                ]}
              />
              <DaySums syncs={list} now={now} />
            </div>
            {shown.length + shownDrafts.length > 0 ? (
              <HomeTable
                syncs={shown}
                drafts={shownDrafts}
                missing={missing}
                now={now}
                allPaused={paused}
                actions={actions}
                onAsk={setQuestion}
              />
            ) : (
              <p className={styles.none}>
                {words.noneHere}{' '}
                <Button size="sm" look="quiet" onPress={() => setGroup('all')}>
                  {words.showAll}
                </Button>
              </p>
            )}
          </div>
          <HomeFooter syncs={list} />
        </Body>
      )}
      {question && <SyncQuestion question={question} actions={actions} onClose={() => setQuestion(null)} />}
    </>
  );
}
