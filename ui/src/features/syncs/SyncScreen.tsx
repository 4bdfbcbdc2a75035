import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { asProblem } from '@/api/client';
import { useKind, useSync } from '@/api/queries';
import { useRunHistory } from '@/api/run-queries';
import { wordOf } from '@/api/state-words';
import { syncStates } from '@/api/sync-state';
import { Button } from '@/components/Button';
import { cx } from '@/components/cx';
import { Icon } from '@/components/Icon';
import { KindIcon } from '@/components/KindIcon';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { Tabs } from '@/components/Tabs';
import { ScrollRegion } from '@/components/ScrollRegion';
import { t } from '@/components/text';
import { Waiting } from '@/components/Waiting';
import { useNow } from '@/components/when';
import { editOf, shapeName, sourceFull } from './describe';
import { BrakesTab } from './BrakesTab';
import { MappingTab } from './MappingTab';
import { RunPanel } from './RunPanel';
import { RunsTable } from './RunsTable';
import { SyncBanner } from './SyncBanner';
import { SyncMenu } from './SyncMenu';
import { SyncQuestion, type Question } from './SyncQuestion';
import { mappingText } from './mapping-text';
import { text } from './text';
import { UnfinishedEdit } from './UnfinishedEdit';
import { useSyncActions } from './use-sync-actions';
import styles from './Sync.module.css';

const words = text.page;

/** One sync: how it is, its run under way, and every run before. */
export function SyncScreen({ name, onUndo }: { name: string; onUndo: (run: Run) => void }) {
  const navigate = useNavigate();
  const now = useNow();
  const { data: sync, error } = useSync(name);
  const history = useRunHistory(name);
  const actions = useSyncActions();
  const [tab, setTab] = useState('runs');
  const [question, setQuestion] = useState<Question | null>(null);
  const from = useKind(sync?.from_kind);
  const to = useKind(sync?.to_kind);
  if (!sync) {
    return (
      <>
        <Toolbar title={<bdi>{name}</bdi>} help="sync" />
        {error ? (
          <Body pad>
            <ProblemBox problem={asProblem(error)} />
          </Body>
        ) : (
          <Waiting label={words.reading} />
        )}
      </>
    );
  }
  const { definition, status, last_run: run } = sync;
  const running = status === 'running' && run !== null;
  const invalid = run?.invalid ?? 0;
  const edit = (step: 'payload' | 'destination') =>
    void navigate({ to: '/wizard/$draft/$step', params: { draft: editOf(name), step } });
  const pausable = definition.schedule.type !== 'manual' && definition.to !== null;
  const runs = history.data?.pages.flat() ?? [];
  return (
    <>
      <Toolbar
        help="sync"
        title={
          <>
            <bdi className={t('cut')}>{name}</bdi>
            <span className={styles.titleState}>
              <State state={syncStates[status].state}>{wordOf(syncStates[status])}</State>
              {status === 'held' && sync.paused && <State state="paused" quiet />}
            </span>
            <span
              className={styles.route}
              title={`${sourceFull(definition)} → ${definition.to ?? mappingText.nowhere}`}
            >
              <span className={t('vr')} />
              <KindIcon svg={from?.icon} />
              <bdi className={cx(styles.mono, t('cut'))}>
                {definition.query.type === 'table' ? sourceFull(definition) : 'SQL'}
              </bdi>
              <span aria-label="to">→</span>
              {to && <KindIcon svg={to.icon} />}
              <bdi className={t('cut')}>
                {definition.to === null ? mappingText.nowhere : `${definition.to}, ${shapeName(definition)}`}
              </bdi>
            </span>
          </>
        }
      >
        {pausable && (
          <Button
            look="quiet"
            icon={sync.paused ? 'play' : 'pause'}
            busy={actions.busy === `pause ${name}`}
            onPress={() => void (sync.paused ? actions.resume(name) : actions.pause(name))}
          >
            {sync.paused ? text.resume : text.pause}
          </Button>
        )}
        <SyncMenu sync={sync} actions={actions} onAsk={setQuestion} label={text.more} size="md" short />
        <Button icon="pencil" onPress={() => edit('payload')}>
          {text.edit}
        </Button>
        {!running && definition.to !== null && status !== 'held' && (
          <>
            <Button
              icon="eye"
              busy={actions.busy === `look ${name}`}
              onPress={() => void actions.lookFirst(name)}
            >
              {text.lookFirst}
            </Button>
            <Button
              look={status === 'needs_you' ? 'secondary' : 'primary'}
              icon="play"
              busy={actions.busy === `run ${name}`}
              onPress={() => void actions.syncNow(name)}
            >
              {text.syncNow}
            </Button>
          </>
        )}
      </Toolbar>
      <Body>
        <Tabs
          label={words.tabsLabel}
          value={tab}
          onChange={setTab}
          items={[
            {
              id: 'runs',
              label: words.tabs.runs,
              content: (
                <ScrollRegion className={styles.scroll} label={words.tabs.runs}>
                  <UnfinishedEdit name={name} actions={actions} />
                  <SyncBanner sync={sync} onAsk={setQuestion} onEdit={() => edit('destination')} />
                  {running && (
                    <RunPanel
                      key={run.run}
                      run={run}
                      to={definition.to ?? ''}
                      busy={actions.busy === `cancel ${String(run.run)}`}
                      onCancel={() => void actions.cancel(name, run.run)}
                    />
                  )}
                  {(sync.rejected > 0 || sync.waiting > 0 || invalid > 0) && !running && (
                    <p className={styles.open}>
                      {sync.rejected > 0 && (
                        <Link
                          to="/events"
                          search={{ sync: name, status: ['rejected'] }}
                          className={cx(styles.link)}
                        >
                          <Icon name="badCircle" size={14} className={t('bad')} />{' '}
                          {words.rejected(sync.rejected)}
                        </Link>
                      )}
                      {sync.waiting > 0 && (
                        <Link
                          to="/events"
                          search={{ sync: name, status: ['waiting'] }}
                          className={cx(styles.link)}
                        >
                          <Icon name="clock" size={14} className={t('warn')} /> {words.waiting(sync.waiting)}
                        </Link>
                      )}
                      {run && invalid > 0 && (
                        <Link
                          to="/events"
                          search={{ sync: name, run: run.run, status: ['invalid'] }}
                          className={cx(styles.link)}
                        >
                          <Icon name="badCircle" size={14} className={t('bad')} /> {words.invalid(invalid)}
                        </Link>
                      )}
                    </p>
                  )}
                  {history.error ? (
                    <div className={styles.banner}>
                      <ProblemBox problem={asProblem(history.error)} />
                    </div>
                  ) : history.isPending ? (
                    <Waiting label={words.reading} />
                  ) : (
                    <RunsTable
                      runs={runs}
                      rejected={sync.rejected}
                      more={history.hasNextPage}
                      loadingMore={history.isFetchingNextPage}
                      onMore={() => void history.fetchNextPage()}
                      now={now}
                      actions={actions}
                      onUndo={onUndo}
                    />
                  )}
                </ScrollRegion>
              ),
            },
            { id: 'mapping', label: words.tabs.mapping, content: <MappingTab sync={sync} /> },
            { id: 'brakes', label: words.tabs.brakes, content: <BrakesTab sync={sync} /> },
          ]}
        />
      </Body>
      {question && (
        <SyncQuestion
          question={question}
          actions={actions}
          onClose={() => setQuestion(null)}
          onDeleted={() => void navigate({ to: '/' })}
        />
      )}
    </>
  );
}
