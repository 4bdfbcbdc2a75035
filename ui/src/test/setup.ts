import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';
import { help } from '@/components/help';
import { setLocale } from '@/components/locale';
import { toasts } from '@/components/toasts';
import { tour } from '@/components/tour';

// A slow computer is no failure.
configure({ asyncUtilTimeout: 5_000 });

// Tests read the same everywhere.
setLocale({ languages: ['en-GB'] });

afterEach(() => {
  cleanup();
  // What one test said or opened is not there in the next.
  help.close();
  tour.leave();
  toasts.current().forEach(({ id }) => toasts.dismiss(id));
  document.querySelectorAll('[data-live-announcer] [role=img]').forEach((node) => node.remove());
  localStorage.clear();
});

// jsdom lays nothing out: lists get a size, media queries an answer.
Object.defineProperty(window, 'matchMedia', {
  value: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }),
});
for (const [side, size] of [
  ['Width', 1000],
  ['Height', 800],
] as const) {
  Object.defineProperty(HTMLElement.prototype, `offset${side}`, { configurable: true, get: () => size });
  Object.defineProperty(Element.prototype, `client${side}`, { configurable: true, get: () => size });
}
Element.prototype.scrollTo = () => undefined;
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// React Aria finds an item of a list by a selector of its key.
globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, '\\$&') } as typeof CSS;

// jsdom reads a file the older way only.
Object.defineProperty(Blob.prototype, 'text', {
  value(this: Blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
      reader.readAsText(this);
    });
  },
});
