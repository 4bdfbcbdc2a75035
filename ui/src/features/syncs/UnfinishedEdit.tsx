import { useNavigate } from '@tanstack/react-router';
import { useDrafts } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { editOf } from './describe';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';
import styles from './Sync.module.css';

/** An edit of the sync that was begun and not saved: go on with it, or discard it. */
export function UnfinishedEdit({ name, actions }: { name: string; actions: SyncActions }) {
  const navigate = useNavigate();
  const id = editOf(name);
  const drafts = useDrafts().data ?? [];
  if (!drafts.some((draft) => draft.id === id)) return null;
  return (
    <div className={styles.banner}>
      <Banner
        tone="info"
        action={
          <div className={styles.answers}>
            <Button
              look="quiet"
              busy={actions.busy === `draft ${id}`}
              onPress={() => void actions.discardEdit(id, name)}
            >
              {text.page.discard}
            </Button>
            <Button
              onPress={() =>
                void navigate({ to: '/wizard/$draft/$step', params: { draft: id, step: 'payload' } })
              }
            >
              {text.page.goOn}
            </Button>
          </div>
        }
      >
        <p>
          <b>{text.page.unfinished}</b> {text.page.unfinishedSafe}
        </p>
      </Banner>
    </div>
  );
}
