import { Link, useNavigate } from '@tanstack/react-router';
import type { Run } from '@/api/bindings/Run';
import type { Sync } from '@/api/bindings/Sync';
import { wordOf } from '@/api/state-words';
import { syncStates } from '@/api/sync-state';
import { IconButton } from '@/components/Button';
import { cx } from '@/components/cx';
import { Progress } from '@/components/Progress';
import { Sparkline } from '@/components/Sparkline';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { useMedia } from '@/components/use-media';
import { ago, percent, spent } from '@/components/when';
import { changesOf, nextRun, shapeName, sourceFull, sourceName, toSend } from './describe';
import { SyncMenu } from './SyncMenu';
import type { Question } from './SyncQuestion';
import { mappingText } from './mapping-text';
import { text } from './text';
import { usePhase } from './use-phase';
import type { SyncActions } from './use-sync-actions';
import styles from './Home.module.css';

export interface SyncRowProps {
  sync: Sync;
  now: number;
  allPaused: boolean;
  actions: SyncActions;
  onAsk: (question: Question) => void;
}

/** One line of the overview: how a sync is, its last and next run, and what can be done. */
export function SyncRow({ sync, now, allPaused, actions, onAsk }: SyncRowProps) {
  const navigate = useNavigate();
  // Home.module.css hides the column "Last run" from here on.
  const narrow = useMedia('(max-width: 846px)');
  const { definition, last_run: run, history } = sync;
  const { name, to } = definition;
  const running = sync.status === 'running' && run;
  const counted = run && run.status !== 'missed' ? run : null;
  const route = `${sourceFull(definition)} → ${to ?? mappingText.nowhere} · ${shapeName(definition)}`;
  return (
    <tr onDoubleClick={() => void navigate({ to: '/syncs/$name', params: { name } })}>
      <td>
        <State state={syncStates[sync.status].state}>{wordOf(syncStates[sync.status])}</State>
      </td>
      <td data-cut="">
        <div className={styles.two}>
          <Link to="/syncs/$name" params={{ name }} className={cx(styles.name)} title={name}>
            <bdi className={t('cut')}>{name}</bdi>
          </Link>
          <span className={styles.route} title={route}>
            <bdi>{sourceName(definition)}</bdi> → <bdi>{to ?? mappingText.nowhere}</bdi>
            {to && ' · '}
            {to && <bdi>{shapeName(definition)}</bdi>}
          </span>
        </div>
      </td>
      {running ? (
        <td colSpan={narrow ? 1 : 2}>
          <RunningCell key={run.run} run={run} name={name} short={narrow} />
        </td>
      ) : (
        <>
          <td className={cx(t('soft'), styles.last)}>{run ? ago(run.started_at, now) : text.home.never}</td>
          <td className={cx(t('soft'), styles.next)}>{nextRun(sync, now, allPaused)}</td>
        </>
      )}
      <td data-num="" className={cx(!counted && t('faint'))}>
        {counted ? count(changesOf(counted)) : '–'}
      </td>
      <td data-num="" className={cx(styles.delivered, !counted && t('faint'))}>
        {counted ? count(counted.delivered) : '–'}
      </td>
      <td data-num="" className={counted && counted.rejected > 0 ? t('bad', 'medium') : t('faint')}>
        {counted ? count(counted.rejected) : '–'}
      </td>
      <td className={styles.spark}>
        {history.length > 0 ? (
          <Sparkline
            bars={history.map((bar) => ({
              sent: bar.delivered,
              rejected: bar.rejected,
              running: bar.status === 'running',
            }))}
            label={`${String(history.length)} runs: ${history.map((bar) => (bar.rejected > 0 ? `${count(bar.delivered)} (${count(bar.rejected)} rejected)` : count(bar.delivered))).join(', ')}`}
          />
        ) : (
          <span className={t('sm', 'soft')}>{text.home.noRuns}</span>
        )}
      </td>
      <td>
        <div className={styles.actions}>
          {running ? (
            <IconButton
              icon="stop"
              label={text.cancelRun}
              busy={actions.busy === `cancel ${String(run.run)}`}
              onPress={() => void actions.cancel(name, run.run)}
            />
          ) : (
            to !== null &&
            sync.status !== 'held' && (
              <IconButton
                icon="play"
                label={text.syncNow}
                busy={actions.busy === `run ${name}`}
                onPress={() => void actions.syncNow(name)}
              />
            )
          )}
          <SyncMenu sync={sync} actions={actions} onAsk={onAsk} label={text.home.more(name)} />
        </div>
      </td>
    </tr>
  );
}

/** The progress of a run in two columns' room; short, in one's. */
function RunningCell({ run, name, short }: { run: Run; name: string; short: boolean }) {
  const all = toSend(run);
  const done = run.delivered + run.rejected;
  const { progress } = run;
  const sending = usePhase(run) === 'sending';
  const left = progress?.seconds_left ?? null;
  const rows = progress?.expected_rows;
  const words = sending
    ? `${text.run.of(done, all)}${left === null || short ? '' : `, ${text.run.left(spent(Math.max(1, Math.round(left))))}`}`
    : rows
      ? text.run.rowsOf(run.read, rows)
      : text.run.rows(run.read);
  return (
    <div className={styles.progress}>
      <span className={t('sm')}>
        <b className={t('medium')}>{sending ? percent(done, all) : text.run.read}</b>{' '}
        <span className={t('soft')}>{words}</span>
      </span>
      <Progress
        label={text.home.progress(name)}
        done={sending ? run.delivered : run.read}
        rejected={sending ? run.rejected : 0}
        total={sending ? all : (rows ?? Math.max(run.read * 2, 1))}
        text={words}
      />
    </div>
  );
}
