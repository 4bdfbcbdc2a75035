import { useNavigate } from '@tanstack/react-router';
import type { Draft } from '@/api/bindings/Draft';
import type { Sync } from '@/api/bindings/Sync';
import { Button, IconButton } from '@/components/Button';
import { cx } from '@/components/cx';
import { Menu } from '@/components/Menu';
import { Table } from '@/components/Panel';
import { State } from '@/components/State';
import { t } from '@/components/text';
import type { Question } from './SyncQuestion';
import { SyncRow } from './SyncRow';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';
import styles from './Home.module.css';

const { columns } = text.home;

export interface HomeTableProps {
  syncs: readonly Sync[];
  drafts: readonly Draft[];
  /** What a draft lacks, in words. */
  missing: (draft: Draft) => string;
  now: number;
  allPaused: boolean;
  actions: SyncActions;
  onAsk: (question: Question) => void;
}

/** One line per sync, then the drafts of syncs. */
export function HomeTable({ syncs, drafts, missing, now, allPaused, actions, onAsk }: HomeTableProps) {
  return (
    <div className={styles.table}>
      <Table
        label={text.home.table}
        counts
        look="tall"
        head={
          <tr>
            <th className={styles.wStatus}>{columns.status}</th>
            <th data-grow="" data-cut="">
              {columns.sync}
            </th>
            <th className={cx(styles.wLast, styles.last)}>{columns.last}</th>
            <th className={cx(styles.wNext, styles.next)}>{columns.next}</th>
            <th className={styles.wChanged} data-num="">
              {columns.changed}
            </th>
            <th className={cx(styles.wDelivered, styles.delivered)} data-num="">
              {columns.delivered}
            </th>
            <th className={styles.wRejected} data-num="">
              {columns.rejected}
            </th>
            <th className={cx(styles.wSpark, styles.spark)}>{columns.runs}</th>
            <th className={styles.wActions}>
              <span className={t('hidden')}>{columns.actions}</span>
            </th>
          </tr>
        }
      >
        {syncs.map((sync) => (
          <SyncRow
            key={sync.definition.name}
            sync={sync}
            now={now}
            allPaused={allPaused}
            actions={actions}
            onAsk={onAsk}
          />
        ))}
        {drafts.map((draft) => (
          <DraftRow key={draft.id} draft={draft} missing={missing(draft)} actions={actions} />
        ))}
      </Table>
    </div>
  );
}

function DraftRow({ draft, missing, actions }: { draft: Draft; missing: string; actions: SyncActions }) {
  const navigate = useNavigate();
  const words = text.home;
  const none = t('faint');
  return (
    <tr>
      <td>
        <State state="draft" />
      </td>
      <td data-cut="">
        <div className={styles.two}>
          <bdi className={t('medium', 'cut')} title={draft.title}>
            {draft.title}
          </bdi>
          <span className={styles.route} title={missing}>
            {missing}
          </span>
        </div>
      </td>
      <td className={cx(t('soft'), styles.last)}>{words.never}</td>
      <td className={cx(t('soft'), styles.next)}>{text.next.none}</td>
      <td data-num="" className={none}>
        –
      </td>
      <td data-num="" className={cx(none, styles.delivered)}>
        –
      </td>
      <td data-num="" className={none}>
        –
      </td>
      <td className={cx(styles.spark, t('sm', 'soft'))}>{words.noRuns}</td>
      <td>
        <div className={styles.actions}>
          <Button
            size="sm"
            onPress={() =>
              void navigate({ to: '/wizard/$draft/$step', params: { draft: draft.id, step: 'continue' } })
            }
          >
            {words.finish}
          </Button>
          <Menu
            label={words.more(draft.title)}
            trigger={<IconButton icon="more" label={words.more(draft.title)} />}
            actions={[
              {
                id: 'delete',
                label: words.deleteDraft,
                icon: 'trash',
                danger: true,
                onAction: () => void actions.deleteDraft(draft.id, draft.title),
              },
            ]}
          />
        </div>
      </td>
    </tr>
  );
}
