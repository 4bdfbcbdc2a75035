import type { Event } from '@/api/bindings/Event';
import type { EventPage } from '@/api/bindings/EventPage';
import type { EventsRequest } from '@/api/bindings/EventsRequest';
import type { EventStatus } from '@/api/bindings/EventStatus';

export type EventFilter = Omit<EventsRequest, 'cursor' | 'limit'>;

/** What the list shows at one moment. */
export interface EventLogState {
  /** Newest first. While following: the newest page alone. */
  rows: readonly Event[];
  /** How many match, where the backend counts. */
  total: number | null;
  /** There are older events to load. */
  more: boolean;
  following: boolean;
  /** Events that came since following stopped, and whether there are more than that. */
  unseen: number;
  unseenMore: boolean;
  /** The first page is not here yet. */
  loading: boolean;
  /** Why the last load failed; what is shown stays. */
  error: unknown;
}

/** Every state but waiting. */
const notWaiting: readonly EventStatus[] = [
  'delivered',
  'accepted',
  'sending',
  'rejected',
  'doubtful',
  'superseded',
  'discarded',
  'invalid',
];

export const pageSize = 200;
const olderPageSize = 500;
const longestPause = 5000;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/**
 * The event log as a window sees it: pages by cursor, a head that renews, and a place to stand still.
 *
 * While following, only the newest page is held, and each `refresh` replaces it. Once following stops, rows keep
 * their places: a refresh only counts what is new and renews the state of rows already shown. An infinite query would
 * load every page again on each of ten pushes a second, and move rows under the reader.
 */
export class EventLog {
  private state: EventLogState = {
    rows: [],
    total: null,
    more: false,
    following: true,
    unseen: 0,
    unseenMore: false,
    loading: true,
    error: null,
  };
  private cursor: string | null = null;
  /** Where each loaded page begins: its cursor and the index of its first row. */
  private pages: { cursor: string | null; from: number }[] = [];
  private places: Map<string, number> | null = null;
  private totalWhenStopped: number | null = null;
  private seenFrom = 0;
  private headBusy = false;
  private headAgain = false;
  private olderBusy = false;
  private closed = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly load: (request: EventsRequest) => Promise<EventPage>,
    private readonly filter: EventFilter,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): EventLogState => this.state;

  /** Loads the first page. After `close` nothing is published until it is opened again. */
  open(): void {
    this.closed = false;
    void this.refresh();
  }

  close(): void {
    this.closed = true;
  }

  /** Tells which row is first in view, so that a refresh renews that page too. */
  look(firstRow: number): void {
    this.seenFrom = firstRow;
  }

  /** Loads the newest page; several calls while one is on its way become one more. */
  async refresh(): Promise<void> {
    if (this.headBusy) {
      this.headAgain = true;
      return;
    }
    this.headBusy = true;
    do {
      this.headAgain = false;
      const began = performance.now();
      await this.loadHead();
      // A search may read the whole log: what takes long is asked for less often.
      if (this.headAgain) await pause(Math.min(longestPause, 2 * (performance.now() - began)));
    } while (this.headAgain && !this.closed);
    this.headBusy = false;
  }

  /** Loads the next older page, if there is one and none is on its way. */
  async older(): Promise<void> {
    if (this.olderBusy || this.cursor === null || this.state.following) return;
    this.olderBusy = true;
    const cursor = this.cursor;
    try {
      const page = await this.load({ ...this.filter, cursor, limit: olderPageSize });
      if (this.cursor !== cursor || this.state.following) return;
      const places = this.index();
      const fresh = page.events.filter((event) => !places.has(event.event));
      this.pages.push({ cursor, from: this.state.rows.length });
      fresh.forEach((event, offset) => places.set(event.event, this.state.rows.length + offset));
      this.cursor = page.cursor;
      this.publish({ rows: [...this.state.rows, ...fresh], more: page.cursor !== null, error: null });
    } catch (error) {
      this.publish({ error });
    } finally {
      this.olderBusy = false;
    }
  }

  /** Tries again what failed, the newest page and the next older one. */
  async again(): Promise<void> {
    this.publish({ error: null });
    await this.refresh();
    if (this.state.error === null) await this.older();
  }

  /** Following shows the newest as it comes; standing still counts it. */
  follow(on: boolean): void {
    if (on === this.state.following) return;
    if (on) {
      this.publish({ following: true, unseen: 0, unseenMore: false });
      void this.refresh();
    } else {
      this.totalWhenStopped = this.state.total;
      this.publish({ following: false });
    }
  }

  private async loadHead(): Promise<void> {
    try {
      const head = await this.newest();
      if (this.state.following || this.state.loading) this.replace(head);
      else await this.standStill(head);
    } catch (error) {
      this.publish({ error, loading: false });
    }
  }

  /**
   * The newest page. Records have the numbers of their rows, and go in that order: where nothing but waiting ones is
   * newest, it is what went last that people want to see.
   */
  private async newest(): Promise<EventPage> {
    const request = { ...this.filter, cursor: null, limit: pageSize };
    const head = await this.load(request);
    const waits = head.events.length === pageSize && head.events.every(({ status }) => status === 'waiting');
    if (!waits || this.filter.statuses.length > 0) return head;
    const gone = await this.load({ ...request, statuses: [...notWaiting] });
    return gone.events.length > 0 ? gone : head;
  }

  private replace(head: EventPage): void {
    this.cursor = head.cursor;
    this.pages = [{ cursor: null, from: 0 }];
    this.places = null;
    this.totalWhenStopped = head.total;
    this.publish({
      rows: head.events,
      total: head.total,
      more: head.cursor !== null,
      loading: false,
      error: null,
    });
  }

  private async standStill(head: EventPage): Promise<void> {
    const places = this.index();
    const unknown = head.events.filter((event) => !places.has(event.event)).length;
    const whole = unknown > 0 && unknown === head.events.length;
    const byTotal =
      head.total !== null && this.totalWhenStopped !== null ? head.total - this.totalWhenStopped : 0;
    const renewed = [...head.events];
    const page = this.pages.findLast((candidate) => candidate.from <= this.seenFrom);
    if (page?.cursor != null)
      renewed.push(
        ...(await this.load({ ...this.filter, cursor: page.cursor, limit: olderPageSize })).events,
      );
    if (this.state.following) return;
    this.publish({
      rows: this.renew(renewed),
      total: head.total,
      unseen: whole ? Math.max(unknown, byTotal) : unknown,
      unseenMore: whole && byTotal < unknown,
      error: null,
    });
  }

  /** Rows keep their places; those that changed state show it. */
  private renew(events: readonly Event[]): readonly Event[] {
    const places = this.index();
    let rows: Event[] | null = null;
    for (const event of events) {
      const place = places.get(event.event);
      const shown = place === undefined ? undefined : this.state.rows[place];
      if (
        place === undefined ||
        !shown ||
        (shown.status === event.status && shown.answer === event.answer && shown.at === event.at)
      )
        continue;
      rows ??= [...this.state.rows];
      rows[place] = event;
    }
    return rows ?? this.state.rows;
  }

  private index(): Map<string, number> {
    this.places ??= new Map(this.state.rows.map((event, place) => [event.event, place]));
    return this.places;
  }

  private publish(change: Partial<EventLogState>): void {
    if (this.closed) return;
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }
}
