import { useNavigate } from '@tanstack/react-router';
import type { Sync } from '@/api/bindings/Sync';
import { useConnections } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { inWindow, isLookedAt, toMend } from './describe';
import type { Question } from './SyncQuestion';
import { text } from './text';
import styles from './Sync.module.css';

/** On top of a sync's page: what only the user can decide or mend. */
export function SyncBanner({
  sync,
  onAsk,
  onEdit,
}: {
  sync: Sync;
  onAsk: (question: Question) => void;
  onEdit: () => void;
}) {
  const navigate = useNavigate();
  const mend = toMend(sync, useConnections().data ?? []);
  const { status, problem, held } = sync;
  if (held) {
    const looked = isLookedAt(problem);
    return (
      <div className={styles.banner}>
        <Banner
          tone="warn"
          action={
            <div className={styles.answers}>
              <Button look={looked ? 'quiet' : 'secondary'} onPress={() => onAsk({ kind: 'drop', sync })}>
                {looked ? text.page.doNotSend : text.page.drop}
              </Button>
              <Button
                look="primary"
                onPress={() =>
                  void navigate({ to: '/syncs/$name/held', params: { name: sync.definition.name } })
                }
              >
                {text.page.look(held.waiting)}
              </Button>
            </div>
          }
        >
          <p>
            <b>{looked ? text.page.lookedTitle : text.page.heldTitle}</b> {problem?.message}
          </p>
          <p className={t('soft')}>
            {problem?.safe} {looked ? text.page.lookedHint : problem?.hint}
          </p>
        </Banner>
      </div>
    );
  }
  if (status === 'no_destination') {
    return (
      <div className={styles.banner}>
        <Banner
          tone="info"
          action={
            <Button look="primary" onPress={onEdit}>
              {text.page.chooseDestination}
            </Button>
          }
        >
          <p>
            <b>{text.page.noDestination}</b> {text.page.noDestinationSafe}
          </p>
        </Banner>
      </div>
    );
  }
  if (!problem) return null;
  return (
    <div className={styles.banner}>
      <ProblemBox
        problem={inWindow(problem)}
        tone={status === 'needs_you' ? 'bad' : 'warn'}
        action={
          status === 'needs_you' && (
            <Button
              look="primary"
              onPress={() =>
                void navigate({ to: '/connections', search: mend === null ? {} : { edit: mend } })
              }
            >
              {mend === null ? text.page.openConnection : text.mend(mend, problem.kind)}
            </Button>
          )
        }
      />
    </div>
  );
}
