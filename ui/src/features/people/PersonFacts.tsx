import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { clockTime, count, dayOfYear, exactTime } from '@/components/times';
import { countsOf } from './history';
import { text } from './text';
import styles from './people.module.css';

const moment = (at: string) => (
  <time dateTime={at} title={exactTime(at)}>
    {dayOfYear(new Date(at))}, {clockTime(at)}
  </time>
);

/** Each name once, with its values as they are shown: masked, two may look the same. */
const byName = (names: PersonHistory['names']): [string, string[]][] => {
  const found = new Map<string, Set<string>>();
  for (const [name, value] of names) found.set(name, (found.get(name) ?? new Set()).add(value));
  return [...found].map(([name, values]) => [name, [...values]]);
};

/** By which names the person is known, and how often something was sent. */
export function PersonFacts({ history }: { history: PersonHistory }) {
  const words = text.facts;
  const { totals } = history;
  const counts = totals && countsOf(totals);
  return (
    <dl className={styles.facts}>
      {byName(history.names).map(([name, values]) => (
        <div key={name}>
          <dt>{text.names.get(name) ?? name}</dt>
          <dd>
            {values.map((value) => (
              <p key={value} className={cx(styles.name, name !== 'email' && styles.machine)} dir="auto">
                {value}
              </p>
            ))}
          </dd>
        </div>
      ))}
      {totals?.first_taken && (
        <div>
          <dt>{words.first}</dt>
          <dd>{moment(totals.first_taken)}</dd>
        </div>
      )}
      {totals?.last_taken && (
        <div>
          <dt>{words.last}</dt>
          <dd>{moment(totals.last_taken)}</dd>
        </div>
      )}
      {counts && (
        <div>
          <dt>{words.times}</dt>
          <dd>
            {words.sent(counts.sent)}
            {words.rejected(counts.rejected)}
          </dd>
        </div>
      )}
      {totals && (
        <div>
          <dt>{words.by}</dt>
          <dd>
            {totals.by_sync.map(([sync, entries]) => (
              <p key={sync}>
                <bdi>{sync}</bdi> <span className={t('soft')}>{count(entries)}</span>
              </p>
            ))}
          </dd>
        </div>
      )}
    </dl>
  );
}
