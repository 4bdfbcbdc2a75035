import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { runStates } from '@/api/sync-state';
import { wordOf } from '@/api/state-words';
import { Empty } from '@/components/Banner';
import { Button, IconButton } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { cx } from '@/components/cx';
import { Dialog } from '@/components/Dialog';
import { Table } from '@/components/Panel';
import { ProblemBox } from '@/components/ProblemBox';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { useMedia } from '@/components/use-media';
import { moment, percent, shortDay, spent } from '@/components/when';
import { ofRejected, toSend } from './describe';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';
import styles from './Sync.module.css';

const words = text.runs;
type Filter = 'all' | 'rejections' | 'missed';

const fits = (run: Run, filter: Filter): boolean =>
  filter === 'all' || (filter === 'missed' ? run.status === 'missed' : run.rejected > 0);

/** What a run came to, in a word or two. */
function result(run: Run): string {
  const word = run.status === 'completed_with_rejections' ? 'Completed' : wordOf(runStates[run.status]);
  if (run.status === 'running')
    return run.progress?.phase === 'sending'
      ? words.progress(percent(run.delivered + run.rejected, toSend(run)))
      : word;
  if (run.status === 'waiting') return words.waiting(run.waiting);
  return words.but(word, run.rejected, run.invalid);
}

export interface RunsTableProps {
  runs: readonly Run[];
  /** Records of the sync that were refused and nobody has dealt with. */
  rejected: number;
  more: boolean;
  loadingMore: boolean;
  onMore: () => void;
  now: number;
  actions: SyncActions;
  onUndo: (run: Run) => void;
}

/** Every run that was, and every one that should have been. */
export function RunsTable({
  runs,
  rejected,
  more,
  loadingMore,
  onMore,
  now,
  actions,
  onUndo,
}: RunsTableProps) {
  const [filter, setFilter] = useState<Filter>('all');
  const [details, setDetails] = useState<Run | null>(null);
  const oldest = runs.at(-1);
  const { columns } = words;
  if (!oldest) {
    return (
      <div className={styles.noRuns}>
        <Empty title={words.empty.title}>{words.empty.body}</Empty>
      </div>
    );
  }
  const shown = runs.filter((run) => fits(run, filter));
  return (
    <>
      <div className={styles.runsHead}>
        <h2 className={t('label')}>{words.title}</h2>
        <span className={t('sm', 'faint')}>
          {words.kept(runs.length, more, shortDay(oldest.started_at, now))}
        </span>
        <span className={t('grow')} />
        <Segmented
          label={words.filter}
          value={filter}
          onChange={setFilter}
          options={[
            { value: 'all', label: words.all },
            { value: 'rejections', label: words.rejections },
            { value: 'missed', label: words.missed },
          ]}
        />
      </div>
      <Table
        label={words.table}
        counts
        head={
          <tr>
            <th className={styles.wStarted}>{columns.started}</th>
            <th className={cx(styles.wWhy, styles.why)}>{columns.why}</th>
            <th data-grow="">{columns.result}</th>
            <th className={styles.wNumber} data-num="">
              {columns.read}
            </th>
            <th className={cx(styles.wSmall, styles.added)} data-num="">
              {columns.added}
            </th>
            <th className={styles.wNumber} data-num="">
              {columns.changed}
            </th>
            <th className={cx(styles.wNumber, styles.removed)} data-num="">
              {columns.removed}
            </th>
            <th className={styles.wNumber} data-num="">
              {columns.rejected}
            </th>
            <th className={styles.wTook} data-num="">
              {columns.took}
            </th>
            <th>
              <span className={t('hidden')}>{columns.actions}</span>
            </th>
          </tr>
        }
      >
        {shown.map((run) => (
          <RunRow
            key={run.run}
            run={run}
            rejected={ofRejected(run, runs, rejected)}
            now={now}
            actions={actions}
            onDetails={() => setDetails(run)}
            onUndo={() => onUndo(run)}
          />
        ))}
      </Table>
      {shown.length === 0 && <p className={styles.noneShown}>{words.none}</p>}
      {more && (
        <div className={styles.older}>
          <Button busy={loadingMore} onPress={onMore}>
            {words.older}
          </Button>
        </div>
      )}
      {details?.problem && (
        <Dialog
          open
          onClose={() => setDetails(null)}
          width="wide"
          title={moment(details.started_at, now)}
          actions={<Button onPress={() => setDetails(null)}>{words.close}</Button>}
        >
          <ProblemBox problem={details.problem} tone={details.status === 'failed' ? 'bad' : 'warn'} />
        </Dialog>
      )}
    </>
  );
}

function RunRow({
  run,
  rejected,
  now,
  actions,
  onDetails,
  onUndo,
}: {
  run: Run;
  rejected: ReturnType<typeof ofRejected>;
  now: number;
  actions: SyncActions;
  onDetails: () => void;
  onUndo: () => void;
}) {
  const navigate = useNavigate();
  // Sync.module.css hides the columns "New" and "Removed" from here on.
  const narrow = useMedia('(max-width: 1000px)');
  const when = moment(run.started_at, now);
  const running = run.status === 'running';
  // Where nothing was read there are no counts: the room tells why.
  const reason =
    run.reason ??
    (run.read === 0 && run.carried === 0 && run.problem
      ? `${run.problem.message} ${run.problem.safe}`
      : run.read === 0 && run.carried > 0
        ? words.carried(run.carried)
        : null);
  return (
    <tr data-selected={running ? '' : undefined}>
      <td className={cx(t('medium'), styles.started)}>{when}</td>
      <td
        className={cx(t('soft'), styles.why)}
        title={run.sent_by.length > 0 ? words.sentBy(run.sent_by) : undefined}
      >
        {words.triggers[run.trigger]}
      </td>
      <td>
        <State state={runStates[run.status].state}>{result(run)}</State>
      </td>
      {reason === null ? (
        <>
          <td data-num="">{count(run.read)}</td>
          <td data-num="" className={styles.added}>
            {count(run.added)}
          </td>
          <td data-num="">{count(run.changed)}</td>
          <td data-num="" className={styles.removed}>
            {count(run.removed)}
          </td>
          <td data-num="" className={run.rejected > 0 ? t('bad', 'medium') : t('faint')}>
            {count(run.rejected)}
          </td>
        </>
      ) : (
        <td colSpan={narrow ? 3 : 5} data-cut="" className={t('soft')} title={reason}>
          <span className={styles.reason}>{reason}</span>
        </td>
      )}
      <td data-num="" className={t('soft')}>
        {run.status === 'missed'
          ? '–'
          : spent(
              running
                ? Math.max(run.seconds, (now - new Date(run.started_at).getTime()) / 1000)
                : run.seconds,
            )}
      </td>
      <td>
        <div className={styles.rowActions}>
          {rejected === 'taken' && (
            <span className={t('sm', 'faint')} title={words.takenWhy}>
              {words.taken}
            </span>
          )}
          {typeof rejected === 'number' && (
            <Button
              size="sm"
              look="quiet"
              icon="refresh"
              busy={actions.busy === `retry ${String(run.run)}`}
              onPress={() => void actions.retry(run.run, rejected)}
            >
              {words.retry(rejected)}
            </Button>
          )}
          {run.undone_by !== null ? (
            <span className={t('sm', 'faint')}>{words.undone}</span>
          ) : (
            run.delivered > 0 &&
            !running && (
              <Button size="sm" look="quiet" icon="undo" aria-label={words.undoOf(when)} onPress={onUndo}>
                {words.undo}
              </Button>
            )
          )}
          {run.problem && (
            <Button size="sm" look="quiet" onPress={onDetails}>
              {words.details}
            </Button>
          )}
          {run.sent + run.waiting + run.rejected + run.invalid > 0 && (
            <IconButton
              icon="events"
              label={words.events(when)}
              onPress={() => void navigate({ to: '/events', search: { sync: run.sync, run: run.run } })}
            />
          )}
        </div>
      </td>
    </tr>
  );
}
