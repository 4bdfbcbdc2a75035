import { useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { cx } from '@/components/cx';
import { Dialog } from '@/components/Dialog';
import { Table } from '@/components/Panel';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { moment, shortDay } from '@/components/when';
import { ofRejected } from './describe';
import { RunRow } from './RunRow';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';
import styles from './Sync.module.css';

const words = text.runs;
type Filter = 'all' | 'rejections' | 'missed';

const fits = (run: Run, filter: Filter): boolean =>
  filter === 'all' || (filter === 'missed' ? run.status === 'missed' : run.rejected > 0);

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
            <th className={cx(styles.wNumber, styles.read)} data-num="">
              {columns.read}
            </th>
            <th className={styles.wSmall} data-num="">
              {columns.added}
            </th>
            <th className={styles.wNumber} data-num="">
              {columns.changed}
            </th>
            <th className={styles.wNumber} data-num="">
              {columns.removed}
            </th>
            <th className={styles.wNumber} data-num="">
              {columns.rejected}
            </th>
            <th className={cx(styles.wTook, styles.took)} data-num="">
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
