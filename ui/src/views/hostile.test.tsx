import { configure, fireEvent, render, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newRouter } from '@/app/routes';
import { jsonLines } from '@/components/json-lines';
import { readable } from '@/components/json-text';
import { ProblemBox } from '@/components/ProblemBox';
import { Value } from '@/components/Value';
import { readAbout } from '@/features/people/about';
import { type FakeHost, fakeHost, problem } from '@/test/fake-host';
import { hostile, mark, poisoned, utf8 } from '@/test/hostile';
import { renderWindow } from '@/test/render';

configure({ asyncUtilTimeout: 20_000 });

let complaints: string[] = [];
beforeEach(() => {
  complaints = [];
  vi.spyOn(console, 'error').mockImplementation((...words: unknown[]) => {
    complaints.push(words.map(String).join(' ').slice(0, 400));
  });
});
afterEach(() => vi.restoreAllMocks());

const textNodes = (): Text[] => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
};

/** Nothing was taken for markup, nothing ran, React had nothing to complain of, and no view is broken. */
function harmless() {
  expect(document.querySelector(`[${mark}], script, iframe, object, embed, [onerror], [onload]`)).toBeNull();
  expect(document.querySelector('a[href^="javascript:" i], a[href^="data:" i]')).toBeNull();
  expect(Reflect.get(window, 'hostileRan')).toBeUndefined();
  expect(Reflect.get({}, 'x')).toBeUndefined();
  expect(document.body.textContent).not.toContain('Go to Home');
  expect(complaints).toEqual([]);
}

/** Places where such a text shares its line with other words and has no direction of its own. */
function unisolated(given: ReadonlyMap<string, string>): string[] {
  // Sentences are the program's own; what they name is theirs to keep apart.
  const names = new Set([...given].flatMap(([meant, text]) => (/[.:]$/.test(meant) ? [] : [text])));
  const places = new Set<string>();
  for (const node of textNodes()) {
    // A word of the window's own may be among them, and the space between two.
    if (!names.has(node.data) || /^\w*\s*$/.test(node.data)) continue;
    let around = node.parentElement as HTMLElement;
    const inside: string[] = [];
    while (getComputedStyle(around).display === 'inline' && !around.matches('bdi, [dir="auto"]')) {
      inside.push(`${around.tagName.toLowerCase()}.${around.className}`);
      around = around.parentElement as HTMLElement;
    }
    if (around.matches('bdi, [dir="auto"], pre') || around.textContent === node.data) continue;
    places.add([...inside, `${around.tagName.toLowerCase()}.${around.className}`].join(' < '));
  }
  return [...places];
}

type Poison = ReturnType<typeof poisoned>;
const at = (path: string, { host }: Poison) => renderWindow(path, host);
/** By selector: to compute each accessible name of a page of such texts takes longer than all the rest. */
const seen = (selector: string, word = '') =>
  waitFor(() => {
    const found = [...document.querySelectorAll<HTMLElement>(selector)].find(
      (one) => one.getAttribute('aria-label')?.startsWith(word) || one.textContent.startsWith(word),
    );
    if (!found) throw new Error(`no ${selector} ${word}`);
    return found;
  });
const press = async (selector: string, word: string) => fireEvent.click(await seen(selector, word));
const path = (text: string) => encodeURIComponent(text);

/** Each screen, with what one has to press to see all of it. */
const screens: Record<string, (poison: Poison, host: FakeHost) => Promise<unknown>> = {
  home: async (poison) => {
    at('/', poison);
    await waitFor(() => expect(document.querySelectorAll('tbody tr').length).toBeGreaterThan(8));
  },
  palette: async (poison) => {
    at('/', poison);
    await seen('tbody tr');
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await seen('[role=dialog] [role=menuitem]');
  },
  events: async (poison) => {
    at('/events', poison);
    await press('[role=grid] [role=row]', 'Rejected');
    await seen('[role=region]', 'Answer for this record');
    for (const name of ['Summary', 'Attempts']) {
      await press('[role=tab]', name);
      harmless();
    }
  },
  sync: async (poison) => {
    at(`/syncs/${path(poison.of('Lead ratings'))}`, poison);
    await press('td button', 'Details');
    await seen('[role=dialog]');
  },
  mapping: async (poison) => {
    at(`/syncs/${path(poison.of('Lead ratings'))}`, poison);
    await press('[role=tab]', 'Payload and mapping');
    await seen('[role=tabpanel] dl');
  },
  undo: async (poison) => {
    at(`/syncs/${path(poison.of('Orders'))}`, poison);
    await press('td button', 'Undo the run');
    await seen('[role=alertdialog] td');
  },
  held: async (poison, host) => {
    host.reviews.finish(31);
    at(`/syncs/${path(poison.of('Churn risk'))}/held`, poison);
    await seen('[role=grid] [role=gridcell]');
  },
  people: async (poison) => {
    at(`/people?about=${path(JSON.stringify(poison.of('ana.ruiz@example.com')))}`, poison);
    await seen('ol > li');
  },
  connections: async (poison) => {
    at('/connections', poison);
    await press('button', 'Edit ');
    await seen('input[name=host]');
  },
  'a sync that is not there': async (poison) => {
    poison.host.invoke = (command, input) =>
      command === 'sync' || command === 'runs'
        ? Promise.reject(
            Object.assign(new Error(), problem({ message: poison.of('a'), details: [poison.of('b')] })),
          )
        : fakeHost().invoke(command, input);
    at(`/syncs/${path(poison.of('Lead ratings'))}`, poison);
    await seen('[role=alert]');
  },
  ...Object.fromEntries(
    [
      ['connection', 'input[name=host]'],
      ['table', '[role=grid] [role=gridcell]'],
      ['payload', '[role=grid] [role=gridcell]'],
      ['review', 'dl, table, [role=grid]'],
    ].map(([step, part]) => [
      `step ${step ?? ''}`,
      async (poison: Poison) => {
        at(`/wizard/${path(`sync:${poison.of('Orders')}`)}/${step ?? ''}`, poison);
        await seen(part ?? '');
      },
    ]),
  ),
};

describe('a hostile text in place of each that comes from outside', () => {
  const names = Object.keys(screens);
  it.each(names)('changes nothing but what is read: %s', async (name) => {
    const host = fakeHost({ events: 600 });
    const poison = poisoned(host, Math.floor((names.indexOf(name) * hostile.length) / names.length));
    await screens[name]?.(poison, host);
    harmless();
    expect(unisolated(poison.given)).toEqual([]);
  });
});

describe('each hostile text', () => {
  it('is one of more than 300, and each is another', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(300);
    expect(new Set(hostile).size).toBe(hostile.length);
  });

  it('is read as it is, as a value and in a problem', () => {
    render(
      hostile.map((text) => (
        <section key={text}>
          <p>
            <Value json={JSON.stringify(text)} />
          </p>
          <ProblemBox problem={problem({ message: text, safe: '', hint: '', fix: null, details: [text] })} />
        </section>
      )),
    );
    harmless();
    const sections = document.querySelectorAll('section');
    hostile.forEach((text, index) => {
      const section = sections[index];
      const read = [section?.querySelector('p [dir]'), section?.querySelector('[role=alert] b')];
      expect(read.map((one) => one?.textContent)).toEqual([text, text]);
    });
  });

  it('names a sync that its own address finds again', () => {
    const router = newRouter('/');
    for (const text of hostile.map((one) => utf8(one))) {
      const location = router.buildLocation({ to: '/syncs/$name', params: { name: text } });
      const found = router.matchRoutes(location).at(-1)?.params as { name?: string } | undefined;
      expect(found?.name, JSON.stringify(text.slice(0, 40))).toBe(text);
    }
  });

  it('can be searched for, and laid out as JSON without losing a character', () => {
    for (const text of hostile) {
      expect(readAbout({ about: text })).toEqual({ about: text });
      const json = JSON.stringify({ [text]: [text] });
      const laid = jsonLines(json).flatMap((line) => line.filter(({ kind }) => kind !== 'space'));
      expect(laid.map((token) => (token.text === ': ' ? ':' : token.text)).join('')).toBe(json);
      expect(readable(JSON.stringify(text))).toBe(text);
    }
  });

  it('can be typed', async () => {
    renderWindow('/people');
    const field = await seen('main input');
    for (const text of hostile.filter((one) => one.length < 1000))
      fireEvent.change(field, { target: { value: text } });
    harmless();
  });
});
