import type { Host } from './host';
import { systemOf } from './system';

const offline = {
  code: 'SLU-0001',
  message: 'The development server does not answer.',
  safe: 'Nothing was changed.',
  hint: 'Start it and try again.',
  retry: true,
  details: [],
};

/** The host in a plain browser, over the development server's loopback address. */
export function webHost(): Host {
  // A browser gives no paths of files, so one types them.
  const ask = (title: string, value = '') => Promise.resolve(window.prompt(title, value));
  return {
    platform: systemOf(navigator.userAgent),
    invoke: async (command, input) => {
      const answer = await fetch('/rpc', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ command, input }),
      }).catch(() => Promise.reject(offline));
      const body: unknown = await answer.json().catch(() => Promise.reject(offline));
      return answer.ok ? body : Promise.reject(body);
    },
    listen: (handler) => {
      const source = new EventSource('/events');
      source.onmessage = (message) => handler(JSON.parse(String(message.data)));
      return () => source.close();
    },
    pickFile: ({ title }) => ask(title),
    pickFolder: ({ title }) => ask(title),
    saveFile: ({ title, name }) => ask(title, name),
    // A browser tab closes by itself.
    onCloseAsked: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
