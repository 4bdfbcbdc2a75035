import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { useKind } from '@/api/queries';
import { KindIcon } from '@/components/KindIcon';
import { t } from '@/components/text';
import { Value } from '@/components/Value';
import { useNow, moment } from '@/components/when';
import { shortPath } from '../paths';
import { asLastSent, type LastSent } from './history';
import { text } from './text';
import styles from './people.module.css';

/** What the person looks like in each destination, by what Sluice sent last. */
export function AsLastSent({ entries }: { entries: readonly PersonEntry[] }) {
  const records = asLastSent(entries);
  return (
    <section aria-labelledby="as-last-sent">
      <h2 id="as-last-sent" className={styles.sideHead}>
        {text.lastSent}
      </h2>
      {records.length === 0 && <p className={styles.never}>{text.neverSent}</p>}
      <div className={styles.records}>
        {records.map((record) => (
          <Last
            key={`${record.entry.event.sync} ${record.entry.event.what} ${record.entry.event.key}`}
            record={record}
          />
        ))}
      </div>
    </section>
  );
}

function Last({ record: { entry, fields } }: { record: LastSent }) {
  const { event, to, to_kind } = entry;
  const kind = useKind(to_kind);
  const now = useNow();
  return (
    <article className={styles.last}>
      <div className={styles.lastHead}>
        <KindIcon svg={kind?.icon} />
        <h3 className={styles.lastPlace}>
          <bdi>{text.place(to, event.what)}</bdi>
        </h3>
        <bdi className={styles.key}>{event.key}</bdi>
      </div>
      <p className={styles.by}>
        <bdi>{event.sync}</bdi>, {moment(event.at, now)}
      </p>
      {event.change === 'removed' ? (
        <p className={t('sm', 'soft')}>{text.removed(moment(event.at, now))}</p>
      ) : (
        <dl className={styles.values}>
          {fields.map(({ path, after }) => (
            <div key={path}>
              <dt>
                <bdi>{shortPath(path)}</bdi>
              </dt>
              <dd>
                <Value json={after} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </article>
  );
}
