import type { Host } from './host';

/** The system a webview runs on, from its user agent. */
export function systemOf(userAgent: string): Host['platform'] {
  if (userAgent.includes('Mac')) return 'macos';
  return userAgent.includes('Windows') ? 'windows' : 'linux';
}
