import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { cx } from '@/components/cx';
import { clockTime, dayOfYear } from '@/components/times';
import { factsOf } from './history';
import { text } from './text';
import styles from './people.module.css';

const moment = (at: string): string => `${dayOfYear(new Date(at))}, ${clockTime(at)}`;

/** By which names the person is known, and how often something was sent. */
export function PersonFacts({ history }: { history: PersonHistory }) {
  const { first, last, sent, rejected } = factsOf(history.entries);
  const more = history.cursor !== null;
  const words = text.facts;
  return (
    <dl className={styles.facts}>
      {history.names.map(([name, value]) => (
        <div key={`${name} ${value}`}>
          <dt>{text.names[name] ?? name}</dt>
          <dd className={cx(styles.name, name !== 'email' && styles.machine)} dir="auto">
            {value}
          </dd>
        </div>
      ))}
      {first !== null && (
        <div>
          <dt>{words.first}</dt>
          <dd>{more ? words.earlier(moment(first)) : moment(first)}</dd>
        </div>
      )}
      {last !== null && (
        <div>
          <dt>{words.last}</dt>
          <dd>{moment(last)}</dd>
        </div>
      )}
      <div>
        <dt>{words.times}</dt>
        <dd>
          {words.sent(sent, more)}
          {words.rejected(rejected)}
        </dd>
      </div>
    </dl>
  );
}
