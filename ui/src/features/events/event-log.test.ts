import { describe, expect, it } from 'vitest';
import type { EventsRequest } from '@/api/bindings/EventsRequest';
import { fakeLog } from '@/test/fake/activity';
import { EventLog, type EventFilter } from './event-log';

const all: EventFilter = { sync: null, run: null, key: null, statuses: [], search: null, since: null };
const settled = () => new Promise((done) => setTimeout(done, 0));

function begin(count: number, filter = all) {
  const fake = fakeLog(count);
  const requests: EventsRequest[] = [];
  const log = new EventLog((request) => {
    requests.push(request);
    return Promise.resolve(fake.page(request));
  }, filter);
  log.open();
  return { fake, log, requests };
}

const ids = (log: EventLog) => log.current().rows.map(({ event }) => event);

describe('the event log', () => {
  it('shows what is newest while it follows', async () => {
    const { fake, log } = begin(1000);
    await settled();
    expect(ids(log)[0]).toBe('e1000');
    fake.add(5);
    await log.refresh();
    expect(ids(log)[0]).toBe('e1005');
    expect(log.current().unseen).toBe(0);
  });

  it('shows what goes while so much waits that nothing else would be seen', async () => {
    const { fake, log } = begin(1000);
    await settled();
    fake.add(5000, 'waiting');
    await log.refresh();
    expect(ids(log)[0]).toBe('e1000');
    const asked = begin(1000, { ...all, statuses: ['waiting'] });
    await settled();
    asked.fake.add(5000, 'waiting');
    await asked.log.refresh();
    expect(ids(asked.log)[0]).toBe('e6000');
  });

  it('keeps every row in its place once following has stopped, and counts what is new', async () => {
    const { fake, log } = begin(1000);
    await settled();
    log.follow(false);
    const before = ids(log);
    fake.add(128);
    await log.refresh();
    expect(ids(log)).toEqual(before);
    expect(log.current().unseen).toBe(128);
  });

  it('counts exactly when more came than one page holds', async () => {
    const { fake, log } = begin(1000);
    await settled();
    log.follow(false);
    fake.add(5000);
    await log.refresh();
    expect(log.current().unseen).toBe(5000);
    expect(log.current().unseenMore).toBe(false);
  });

  it('says there are more when nobody counts them', async () => {
    const { fake, log } = begin(20_000, { ...all, search: 'l-' });
    await settled();
    log.follow(false);
    fake.add(5000);
    await log.refresh();
    expect(log.current().unseenMore).toBe(true);
  });

  it('reaches the oldest of 100,000 events page by page, none twice and none left out', async () => {
    const { log } = begin(100_000);
    await settled();
    log.follow(false);
    while (log.current().more) await log.older();
    expect(log.current().rows).toHaveLength(100_000);
    expect(new Set(ids(log)).size).toBe(100_000);
    expect(ids(log).at(-1)).toBe('e1');
  });

  it('renews the state of rows that stay', async () => {
    const { fake, log } = begin(1000);
    await settled();
    log.follow(false);
    const waiting = log.current().rows.find(({ status }) => status === 'waiting');
    const page = fake.page.bind(fake);
    fake.page = (request) => {
      const found = page(request);
      return {
        ...found,
        events: found.events.map((event) =>
          event.event === waiting?.event ? { ...event, status: 'delivered' as const } : event,
        ),
      };
    };
    await log.refresh();
    expect(log.current().rows.find(({ event }) => event === waiting?.event)?.status).toBe('delivered');
  });

  it('keeps what is shown when a load fails, and says why', async () => {
    let fail = false;
    const fake = fakeLog(300);
    const log = new EventLog(
      (request) => (fail ? Promise.reject(new Error('gone')) : Promise.resolve(fake.page(request))),
      all,
    );
    log.open();
    await settled();
    fail = true;
    await log.refresh();
    expect(log.current().rows.length).toBeGreaterThan(0);
    expect(log.current().error).toEqual(new Error('gone'));
  });
});
