import { type KeyboardEvent, useRef } from 'react';
import type { EventCause } from '@/api/bindings/EventCause';
import { asProblem } from '@/api/client';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { ProblemBox } from '@/components/ProblemBox';
import { ScrollRegion } from '@/components/ScrollRegion';
import { type Shortcut, isPressed } from '@/components/shortcut';
import { count } from '@/components/times';
import { Waiting } from '@/components/Waiting';
import { moment, useNow } from '@/components/when';
import { inEvents } from '../shortcuts';
import type { EventFilter } from './event-log';
import { text } from './text';
import { useCauses } from './use-causes';
import type { Retrying } from './use-retry';
import styles from './EventCauses.module.css';

export interface EventCausesProps {
  filter: EventFilter;
  /** The events of one cause are to be listed. */
  onOnly: (cause: number) => void;
  retry: Retrying;
}

/** What went wrong, in groups of one cause, newest first. The keys of the list move between the groups, Enter lists one. */
export function EventCauses({ filter, onOnly, retry }: EventCausesProps) {
  const now = useNow();
  const words = text.causes;
  const body = useRef<HTMLTableSectionElement>(null);
  const { data, error, refetch } = useCauses(filter);
  if (!data && error !== null)
    return (
      <div className={styles.quiet}>
        <ProblemBox
          problem={asProblem(error)}
          action={<Button onPress={() => void refetch()}>{text.tryAgain}</Button>}
        />
      </div>
    );
  if (!data) return <Waiting label={text.loading} rows={6} />;
  const aside =
    filter.key !== null || filter.search !== null || filter.about !== undefined ? <p>{words.aside}</p> : null;
  if (data.causes.length === 0)
    return (
      <div className={styles.quiet}>
        <Empty title={words.none.title}>{words.none.body}</Empty>
        {aside}
      </div>
    );
  const keyDown = (event: KeyboardEvent) => {
    const groups = [...(body.current?.querySelectorAll<HTMLElement>('[data-cause]') ?? [])];
    const row = (event.target as HTMLElement).closest('tr')?.querySelector<HTMLElement>('[data-cause]');
    const place = row ? groups.indexOf(row) : -1;
    const steps: [Shortcut, number][] = [
      [inEvents.next, place + 1],
      [inEvents.previous, place - 1],
      [inEvents.first, 0],
      [inEvents.last, groups.length - 1],
    ];
    const to = steps.find(([shortcut]) => isPressed(event, shortcut))?.[1];
    if (to === undefined) return;
    event.preventDefault();
    groups[Math.max(0, Math.min(groups.length - 1, to))]?.focus();
  };
  const times = ({ first_at, last_at }: EventCause) =>
    first_at === last_at ? moment(last_at, now) : words.between(moment(first_at, now), moment(last_at, now));
  return (
    <ScrollRegion className={styles.scroll} label={words.label}>
      {aside && <div className={styles.aside}>{aside}</div>}
      <table className={styles.table}>
        <caption className={styles.hidden}>{words.label}</caption>
        <thead>
          <tr>
            <th scope="col">{words.columns.cause}</th>
            <th scope="col" className={styles.count}>
              {words.columns.count}
            </th>
            <th scope="col">{words.columns.times}</th>
            <th scope="col">{words.columns.syncs}</th>
            <th scope="col">
              <span className={styles.hidden}>{words.columns.retry}</span>
            </th>
          </tr>
        </thead>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons have the keys first */}
        <tbody ref={body} onKeyDown={keyDown}>
          {data.causes.map((group) => (
            <tr key={group.cause}>
              <th scope="row">
                <button
                  type="button"
                  data-cause={group.cause}
                  className={styles.cause}
                  onClick={() => onOnly(group.cause)}
                >
                  <span className={styles.message} dir="auto">
                    {group.message}
                  </span>
                  <span className={styles.code}>
                    {group.code} {group.kind.replaceAll('_', ' ')}
                    {group.mixed && `, ${words.mixed}`}
                  </span>
                </button>
              </th>
              <td className={styles.count}>{count(group.count)}</td>
              <td className={styles.times}>{times(group)}</td>
              <td>
                <bdi>{group.syncs.join(', ')}</bdi>
              </td>
              <td className={styles.retry}>
                {group.refused > 0 && (
                  <Button
                    size="sm"
                    icon="refresh"
                    busy={retry.busy}
                    onPress={() =>
                      retry.sendAll({ sync: filter.sync, run: filter.run, cause: group.cause }, group.refused)
                    }
                  >
                    {words.retry(group.refused)}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.left_out > 0 && <p className={styles.aside}>{words.leftOut(data.left_out)}</p>}
    </ScrollRegion>
  );
}
