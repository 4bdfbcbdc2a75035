import type { Host } from './host';

/** The desktop window, a browser beside the development server, or invented data (`?host=fake`, in development only). */
export async function chooseHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriHost();
  if (import.meta.env.DEV && new URLSearchParams(window.location.search).get('host') === 'fake') {
    return (await import('@/test/fake-address')).hostOf(new URLSearchParams(window.location.search));
  }
  return (await import('./web')).webHost();
}
