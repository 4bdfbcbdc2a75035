import { useNavigate } from '@tanstack/react-router';
import type { Sync } from '@/api/bindings/Sync';
import { IconButton } from '@/components/Button';
import { Menu } from '@/components/Menu';
import { copyOf, editOf } from './describe';
import type { Question } from './SyncQuestion';
import { text } from './text';
import type { SyncActions } from './use-sync-actions';

/** Everything one can do with a sync, behind one button. */
export function SyncMenu({
  sync,
  actions,
  onAsk,
  label,
  size = 'sm',
  short,
}: {
  sync: Sync;
  actions: SyncActions;
  onAsk: (question: Question) => void;
  label: string;
  size?: 'sm' | 'md';
  short?: boolean;
}) {
  const navigate = useNavigate();
  const { name, to, schedule } = sync.definition;
  const running = sync.status === 'running';
  const held = sync.status === 'held';
  const edit = {
    id: 'edit',
    label: text.edit,
    icon: 'pencil' as const,
    onAction: () =>
      void navigate({ to: '/wizard/$draft/$step', params: { draft: editOf(name), step: 'payload' } }),
  };
  const pause = sync.paused
    ? { id: 'resume', label: text.resume, icon: 'play' as const, onAction: () => void actions.resume(name) }
    : {
        id: 'pause',
        label: text.pause,
        icon: 'pause' as const,
        disabled: schedule.type === 'manual',
        onAction: () => void actions.pause(name),
      };
  return (
    <Menu
      label={label}
      trigger={<IconButton icon="more" label={label} size={size} />}
      actions={[
        ...(short
          ? []
          : [
              {
                id: 'run',
                label: text.syncNow,
                icon: 'play' as const,
                disabled: running || held || !to,
                onAction: () => void actions.syncNow(name),
              },
              {
                id: 'look',
                label: text.lookFirst,
                icon: 'eye' as const,
                disabled: running || held || !to,
                onAction: () => void actions.lookFirst(name),
              },
              pause,
              edit,
            ]),
        {
          id: 'duplicate',
          label: text.duplicate,
          icon: 'copy',
          onAction: () =>
            void navigate({
              to: '/wizard/$draft/$step',
              params: { draft: copyOf(name), step: 'destination' },
            }),
        },
        {
          id: 'events',
          label: text.events,
          icon: 'events',
          onAction: () => void navigate({ to: '/events', search: { sync: name } }),
        },
        '-',
        {
          id: 'full',
          label: text.full,
          icon: 'refresh',
          disabled: running || held || !to,
          onAction: () => onAsk({ kind: 'full', sync }),
        },
        {
          id: 'delete',
          label: text.remove,
          icon: 'trash',
          danger: true,
          disabled: running,
          onAction: () => onAsk({ kind: 'delete', sync }),
        },
      ]}
    />
  );
}
