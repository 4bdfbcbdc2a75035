import { useNavigate } from '@tanstack/react-router';
import { useAppInfo, useSyncs } from '@/api/queries';
import { Palette, type PaletteItem } from '@/components/Palette';
import { help } from '@/components/help';
import { copyOf } from '@/features/syncs/describe';
import { useSyncActions } from '@/features/syncs/use-sync-actions';
import { text } from './palette-text';

/** What can be done and where one can go, from anywhere in the window. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const syncs = useSyncs().data ?? [];
  const settings = useAppInfo().data?.settings;
  const actions = useSyncActions();
  const doing = syncs.flatMap(({ definition: { name, to }, status, last_run }): PaletteItem[] => {
    if (status === 'running' && last_run)
      return [
        {
          id: `cancel ${name}`,
          label: text.cancel(name),
          icon: 'stop',
          onAction: () => void actions.cancel(name, last_run.run),
        },
      ];
    if (status === 'held' || to === null) return [];
    return [
      { id: `run ${name}`, label: text.run(name), icon: 'play', onAction: () => void actions.syncNow(name) },
    ];
  });
  const duplicating = syncs.map(({ definition: { name } }): PaletteItem => ({
    id: `duplicate ${name}`,
    label: text.duplicate(name),
    icon: 'copy',
    onAction: () =>
      void navigate({ to: '/wizard/$draft/$step', params: { draft: copyOf(name), step: 'destination' } }),
  }));
  const paused = settings?.schedules_paused ?? false;
  const general: PaletteItem[] = [
    { id: 'new', label: text.newSync, icon: 'plus', onAction: () => void navigate({ to: '/new' }) },
    { id: 'help', label: text.help, icon: 'help', onAction: () => help.open('screen') },
    { id: 'support', label: text.support, icon: 'copy', onAction: () => help.open('support') },
    ...(settings
      ? [
          {
            id: 'pause',
            label: paused ? text.resumeAll : text.pauseAll,
            icon: paused ? ('play' as const) : ('pause' as const),
            onAction: () => void actions.pauseAll(settings, !paused),
          },
        ]
      : []),
  ];
  const places: PaletteItem[] = [
    { id: 'home', label: text.home, icon: 'home', onAction: () => void navigate({ to: '/' }) },
    { id: 'events', label: text.events, icon: 'events', onAction: () => void navigate({ to: '/events' }) },
    ...(['rejected', 'waiting', 'invalid'] as const).map((status): PaletteItem => ({
      id: `events ${status}`,
      label: text.eventsOf[status],
      icon: 'filter',
      onAction: () => void navigate({ to: '/events', search: { status: [status] } }),
    })),
    {
      id: 'people',
      label: text.people,
      detail: text.peopleDetail,
      icon: 'person',
      onAction: () => void navigate({ to: '/people' }),
    },
    {
      id: 'connections',
      label: text.connections,
      icon: 'connection',
      onAction: () => void navigate({ to: '/connections' }),
    },
    {
      id: 'settings',
      label: text.settings,
      icon: 'gear',
      onAction: () => void navigate({ to: '/settings' }),
    },
    ...syncs.map(({ definition: { name } }): PaletteItem => ({
      id: `go ${name}`,
      label: name,
      detail: text.sync,
      icon: 'refresh',
      onAction: () => void navigate({ to: '/syncs/$name', params: { name } }),
    })),
  ];
  return (
    <Palette
      label={text.label}
      nothing={text.nothing}
      onClose={onClose}
      sections={[
        { title: text.goTo, items: places },
        { title: text.actions, items: [...general, ...doing, ...duplicating] },
      ]}
    />
  );
}
