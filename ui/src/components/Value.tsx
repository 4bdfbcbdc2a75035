import { readable } from './json-text';
import { t } from './text';
import styles from './Value.module.css';

const words = { nothing: 'nothing', null: 'null', empty: 'empty', emptyText: 'empty text' };

/** A JSON value as people read it, in its own direction. No title: where it is cut, what is around it says the whole. */
export function Value({
  json,
  exact,
}: {
  json: string | null;
  /** Tells what is sent as null from what is not sent at all; else both are empty. */
  exact?: boolean;
}) {
  if (json === null) return <span className={t('null')}>{exact ? words.nothing : words.empty}</span>;
  if (json === 'null') return <span className={t('null')}>{exact ? words.null : words.empty}</span>;
  if (json === '""') return <span className={t('null')}>{words.emptyText}</span>;
  return (
    <span className={styles.value} dir="auto" data-num={/^-?\d/.test(json) ? '' : undefined}>
      {readable(json)}
    </span>
  );
}
