import type { Source } from '@/api/bindings/Source';
import { Icon } from '@/components/Icon';
import { Select } from '@/components/Select';
import { State } from '@/components/State';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { identifierNames } from './choice';
import { text } from './text';
import styles from './Identifiers.module.css';

interface Props {
  source: Source;
  identifiers: Record<string, string>;
  /** One stops here until one of them is chosen. */
  needed: boolean;
  onChange: (identifiers: Record<string, string>) => void;
}

/** Which of `email`, `user_id` and `anonymous_id` the rows have; green when there is one. */
export function Identifiers({ source, identifiers, needed, onChange }: Props) {
  const found = identifierNames.filter((name) => identifiers[name]);
  const set = (name: string, column: string) => {
    const rest = Object.entries(identifiers).filter(([other]) => other !== name);
    onChange(Object.fromEntries(column ? [...rest, [name, column]] : rest));
  };
  return (
    <section
      className={cx(styles.box, found.length > 0 ? styles.good : styles.missing)}
      aria-label={text.who}
    >
      <div className={t('row')}>
        <h3 className={t('strong')}>{text.who}</h3>
        <span role="status">
          <State state={found.length > 0 ? 'completed' : 'completedWithRejections'}>
            {found.length > 0 ? text.found(found.length) : text.none}
          </State>
        </span>
        <span className={cx(t('push', 'sm', 'soft'), styles.hint)}>
          {found.length > 0 ? text.oneNeeded : text.sayWhich}
        </span>
      </div>
      <ul className={styles.identifiers}>
        {identifierNames.map((name, index) => {
          const column = source.columns.find((item) => item.name === identifiers[name]);
          const pick = (
            <Select
              label={text.useFor(name)}
              hideLabel
              look="bare"
              mono
              className={styles.pick}
              placeholder={text.use}
              problem={needed && index === 0}
              value={column ? column.name : null}
              onChange={(value) => set(name, value)}
              options={[
                ...(column ? [{ value: '', label: text.notUsed }] : []),
                ...source.columns.map((item) => ({ value: item.name, label: item.name })),
              ]}
            />
          );
          const detail =
            column &&
            text.column(
              column.name,
              source.rows.length === 0 ? text.noRowsYet : text.empty(column.null_share),
            );
          return (
            <li key={name} className={cx(styles.identifier, column && styles.found)}>
              <Icon name={column ? 'okCircle' : 'minus'} />
              <span className={styles.words}>
                <b>{name}</b>
                {detail ? (
                  <span className={styles.detail} title={detail}>
                    {detail}
                  </span>
                ) : (
                  pick
                )}
              </span>
              {detail && pick}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
