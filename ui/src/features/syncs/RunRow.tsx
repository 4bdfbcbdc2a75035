import { useNavigate } from '@tanstack/react-router';
import type { Run } from '@/api/bindings/Run';
import { runStates } from '@/api/sync-state';
import { wordOf } from '@/api/state-words';
import { Button, IconButton } from '@/components/Button';
import { cx } from '@/components/cx';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { useMedia } from '@/components/use-media';
import { moment, percent, spent } from '@/components/when';
import { isLookedAt, type ofRejected, toSend } from './describe';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';
import styles from './Sync.module.css';

const words = text.runs;

/** What waited in it waits in a later run, if anywhere. */
const isTakenOver = (run: Run) => run.status === 'waiting' && run.taken_over_by !== null;

/** What a run came to, in a word or two. */
function result(run: Run): string {
  const word = run.status === 'completed_with_rejections' ? 'Completed' : wordOf(runStates[run.status]);
  if (run.status === 'running')
    return run.progress?.phase === 'sending'
      ? words.progress(percent(run.delivered + run.rejected, toSend(run)))
      : word;
  if (isTakenOver(run)) return words.takenOver(run.waiting);
  if (run.status === 'waiting') return words.waiting(run.waiting);
  return words.but(word, run.rejected, run.invalid);
}

/** One run: when, why, what it came to, and what can be done about it. */
export function RunRow({
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
  // Sync.module.css hides the columns "Read" and "Took" from here on.
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
        {isLookedAt(run.problem) ? words.lookedFirst : words.triggers[run.trigger]}
      </td>
      <td title={isTakenOver(run) ? words.takenOverWhy : undefined}>
        <State state={isTakenOver(run) ? 'cancelled' : runStates[run.status].state}>{result(run)}</State>
      </td>
      {reason === null ? (
        <>
          <td data-num="" className={styles.read}>
            {count(run.read)}
          </td>
          <td data-num="">{count(run.added)}</td>
          <td data-num="">{count(run.changed)}</td>
          <td data-num="">{count(run.removed)}</td>
          <td data-num="" className={run.rejected > 0 ? t('bad', 'medium') : t('faint')}>
            {count(run.rejected)}
          </td>
        </>
      ) : (
        <td colSpan={narrow ? 4 : 5} data-cut="" className={t('soft')} title={reason}>
          <span className={styles.reason}>{reason}</span>
        </td>
      )}
      <td data-num="" className={cx(t('soft'), styles.took)}>
        {run.status === 'missed'
          ? '–'
          : spent(
              running
                ? Math.max(run.seconds, (now - new Date(run.started_at).getTime()) / 1000 - run.held_seconds)
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
          {(run.undoing !== null || run.undone_by !== null) && (
            <span className={t('sm', 'faint')}>
              {run.undoing !== null ? words.undoing : run.undone_in_part ? words.undoneInPart : words.undone}
            </span>
          )}
          {run.undoing === null &&
            (run.undone_by === null || run.undone_in_part) &&
            (run.delivered > 0 || (run.waiting > 0 && run.requests > 0)) &&
            !running && (
              <Button size="sm" look="quiet" icon="undo" aria-label={words.undoOf(when)} onPress={onUndo}>
                {words.undo}
              </Button>
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
