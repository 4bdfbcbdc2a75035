import {
  createHashHistory,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
} from '@tanstack/react-router';
import { readAbout } from '@/features/people/about';
import { ConnectionsView } from '@/views/ConnectionsView';
import { EventsView } from '@/views/EventsView';
import { HeldView } from '@/views/held/HeldView';
import { HomeView } from '@/views/HomeView';
import { PeopleView } from '@/views/PeopleView';
import { SettingsView } from '@/views/SettingsView';
import { SyncView } from '@/views/SyncView';
import { WelcomeView } from '@/views/WelcomeView';
import { WizardView } from '@/views/wizard/WizardView';
import { Broken } from './Broken';
import { Shell } from './Shell';

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const home = createRoute({ getParentRoute: () => shell, path: '/', component: HomeView });
const events = createRoute({ getParentRoute: () => shell, path: '/events', component: EventsView });
const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  component: PeopleView,
  validateSearch: readAbout,
});
const connections = createRoute({
  getParentRoute: () => shell,
  path: '/connections',
  component: ConnectionsView,
  validateSearch: ({ edit }: Record<string, unknown>): { edit?: string } =>
    typeof edit === 'string' ? { edit } : {},
});
const settings = createRoute({ getParentRoute: () => shell, path: '/settings', component: SettingsView });
const sync = createRoute({ getParentRoute: () => shell, path: '/syncs/$name', component: SyncView });
/** A held run; `run` is one that is still read for it. */
const held = createRoute({
  getParentRoute: () => shell,
  path: '/syncs/$name/held',
  component: HeldView,
  validateSearch: ({ run }: Record<string, unknown>): { run?: number } =>
    typeof run === 'number' ? { run } : {},
});
const welcome = createRoute({ getParentRoute: () => root, path: '/welcome', component: WelcomeView });
const fresh = createRoute({
  getParentRoute: () => root,
  path: '/new',
  beforeLoad: () => {
    throw redirect({
      to: '/wizard/$draft/$step',
      params: { draft: crypto.randomUUID(), step: 'warehouse' },
      replace: true,
    });
  },
});
/** The wizard for a draft; one that starts from a saved sync is named `sync:<name>`, a copy `copy:<id>:<name>`, and the step `resume` goes on where it stopped. */
const wizard = createRoute({
  getParentRoute: () => root,
  path: '/wizard/$draft/$step',
  component: WizardView,
});

const tree = root.addChildren([
  shell.addChildren([home, events, people, connections, settings, sync, held]),
  welcome,
  fresh,
  wizard,
]);

/** The window's router; tests start it at a path of their own. */
export const newRouter = (start?: string) =>
  createRouter({
    routeTree: tree,
    defaultErrorComponent: Broken,
    history: start === undefined ? createHashHistory() : createMemoryHistory({ initialEntries: [start] }),
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
