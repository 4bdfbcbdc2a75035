import { Link, Navigate, Outlet, useNavigate } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useAppInfo, useDrafts, useSyncs } from '@/api/queries';
import { syncStates } from '@/api/sync-state';
import { IconButton } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import { StateIcon, stateWord } from '@/components/State';
import { Keys } from '@/components/Keys';
import { cx } from '@/components/cx';
import { drags } from '@/components/drag';
import { zoneId, zoneName } from '@/components/times';
import { tour } from '@/components/tour';
import { useMedia } from '@/components/use-media';
import { useShortcut } from '@/components/use-shortcut';
import { coming, useNow } from '@/components/when';
import { newDrafts } from '@/features/syncs/describe';
import { inWindow } from '@/features/shortcuts';
import { CommandPalette } from '@/views/CommandPalette';
import { Tour } from '@/views/Tour';
import styles from './Shell.module.css';

const places: { to: '/' | '/events' | '/people' | '/connections'; icon: IconName; label: string }[] = [
  { to: '/', icon: 'home', label: 'Home' },
  { to: '/events', icon: 'events', label: 'Live events' },
  { to: '/people', icon: 'person', label: 'People' },
  { to: '/connections', icon: 'connection', label: 'Connections' },
];

/** Sidebar and content. The wizard has its own rail instead. */
export function Shell() {
  const navigate = useNavigate();
  const saved = useSyncs().data;
  const syncs = saved ?? [];
  const kept = useDrafts().data ?? [];
  // Before the syncs are known an edit of one looks like a draft.
  const drafts = saved ? newDrafts(kept, saved) : [];
  const info = useAppInfo().data;
  const now = useNow();
  // Shell.module.css leaves the signs alone from here on.
  const narrow = useMedia('(max-width: 1100px)');
  const [palette, setPalette] = useState(false);
  const touring = useSyncExternalStore(tour.subscribe, tour.isOn);
  const waiting = syncs.filter(({ status }) => status === 'needs_you' || status === 'held').length;
  const next = syncs
    .flatMap(({ next_run_at, paused }) => (next_run_at && !paused ? [next_run_at] : []))
    .sort()[0];
  const paused = info?.settings.schedules_paused ?? false;
  const upcoming = next ? `Next run ${coming(next, now)} ${zoneName(next)}` : 'No run scheduled';
  const foot = paused ? 'All schedules paused' : upcoming;

  useShortcut(inWindow.palette, () => setPalette(true));
  useShortcut(inWindow.newSync, () => void navigate({ to: '/new' }));

  if (info?.first_start) return <Navigate to="/welcome" replace />;
  return (
    <div className={styles.window}>
      <nav className={styles.sidebar} aria-label="Main">
        <div className={styles.top} {...drags()} />
        <AriaButton className={cx(styles.search)} onPress={() => setPalette(true)}>
          <Icon name="search" />
          <span className={styles.label}>Search or run…</span>
          <span className={styles.searchKeys}>
            <Keys shortcut={inWindow.palette.keys} />
          </span>
        </AriaButton>
        <ul className={styles.list}>
          {places.map(({ to, icon, label }) => (
            <li key={to}>
              <Link
                to={to}
                className={cx(styles.item)}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                activeProps={{ 'aria-current': 'page' }}
                title={narrow ? label : undefined}
              >
                <Icon name={icon} />
                <span className={styles.label}>{label}</span>
                {to === '/' && waiting > 0 && (
                  <span className={styles.waiting}>
                    <Icon name="warning" size={12} />
                    {waiting}
                    <span className={styles.hidden}>{waiting === 1 ? ' needs you' : ' need you'}</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
        <div className={styles.heading}>
          <h2 className={styles.label}>Syncs</h2>
          <IconButton
            icon="plus"
            label="New sync"
            keys={inWindow.newSync.keys}
            className={cx(styles.push)}
            onPress={() => void navigate({ to: '/new' })}
          />
        </div>
        <ul className={cx(styles.list, styles.syncs)}>
          {syncs.map(({ definition, status }) => {
            const { state, word } = syncStates[status];
            return (
              <li key={definition.name}>
                <Link
                  to="/syncs/$name"
                  params={{ name: definition.name }}
                  className={cx(styles.item)}
                  activeProps={{ 'aria-current': 'page' }}
                  title={`${definition.name}: ${word ?? stateWord(state)}`}
                >
                  <StateIcon state={state} label={word ?? stateWord(state)} />
                  <span className={styles.label} dir="auto">
                    {definition.name}
                  </span>
                </Link>
              </li>
            );
          })}
          {drafts.map(({ id, title }) => (
            <li key={id}>
              <Link
                to="/wizard/$draft/$step"
                params={{ draft: id, step: 'continue' }}
                className={cx(styles.item)}
                title={`${title}: ${stateWord('draft')}`}
              >
                <StateIcon state="draft" label={stateWord('draft')} />
                <span className={styles.label} dir="auto">
                  {title}
                </span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={styles.foot} title={`${foot}. All times are in ${zoneId()}.`}>
          <Icon name={paused ? 'pauseCircle' : 'clock'} size={14} />
          <span className={styles.label}>{foot}</span>
          <IconButton icon="gear" label="Settings" onPress={() => void navigate({ to: '/settings' })} />
        </div>
      </nav>
      <main className={styles.main}>
        <Outlet />
      </main>
      {touring && <Tour />}
      {palette && <CommandPalette onClose={() => setPalette(false)} />}
    </div>
  );
}
