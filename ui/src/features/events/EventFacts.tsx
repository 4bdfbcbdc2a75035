import type { ReactNode } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { EventDetail } from '@/api/bindings/EventDetail';
import { ScrollRegion } from '@/components/ScrollRegion';
import { clockSeconds, counted } from '@/components/times';
import { text } from './text';
import styles from './EventDetail.module.css';

/** What happened to its row, or why it goes out although nothing did. */
function whyOf({ change }: Event, detail: EventDetail | undefined): [string, string] {
  const { facts, changes, again } = text.detail;
  const trigger = detail?.trigger;
  return trigger === 'retry' || trigger === 'replay' || trigger === 'undo'
    ? [facts.why, again[trigger]]
    : [facts.change, changes[change]];
}

/** The record in words. */
export function Facts({ event, detail }: { event: Event; detail: EventDetail | undefined }) {
  const { facts, code, technical } = text.detail;
  const problem = detail?.problem;
  const rows: [string, ReactNode, boolean?][] = [
    [facts.who, <bdi key="who">{event.who}</bdi>],
    [facts.key, <bdi key="key">{event.key}</bdi>, true],
    [facts.sync, <bdi key="sync">{event.sync}</bdi>],
    [facts.run, `#${String(event.run)}`],
    [facts.what, event.what],
    whyOf(event, detail),
    ...(detail
      ? ([
          [facts.message, detail.message_id, true],
          [facts.size, counted(detail.bytes, 'byte', 'bytes')],
        ] as [string, ReactNode, boolean?][])
      : []),
    ...(detail?.next_attempt_at
      ? ([[facts.next, clockSeconds(detail.next_attempt_at)]] as [string, ReactNode][])
      : []),
    ...(problem ? ([[code, problem.code, true]] as [string, ReactNode, boolean][]) : []),
  ];
  return (
    <ScrollRegion className={styles.scroll} label={text.detail.tabs.summary}>
      <dl className={styles.facts}>
        {rows.map(([name, value, mono]) => (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd className={mono ? styles.mono : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      {problem && problem.details.length > 0 && (
        <details className={styles.technical}>
          <summary>{technical}</summary>
          {problem.details.map((line, index) => (
            <p key={index} className={styles.mono}>
              {line}
            </p>
          ))}
        </details>
      )}
    </ScrollRegion>
  );
}
