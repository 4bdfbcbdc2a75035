import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import { ChoiceCard, ChoiceGroup } from '@/components/Choice';
import { KindIcon } from '@/components/KindIcon';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { ago, useNow } from '@/components/when';
import { text } from './text';
import styles from './connection.module.css';

/** What is chosen: a saved connection, or a kind for a new one. */
export type Choice = { saved: string } | { kind: string } | null;

const valueOf = (choice: Choice): string | null =>
  !choice ? null : 'saved' in choice ? `saved:${choice.saved}` : `kind:${choice.kind}`;
const choiceOf = (value: string): Choice =>
  value.startsWith('saved:') ? { saved: value.slice(6) } : { kind: value.slice(5) };

const where = (connection: Connection): string => {
  const { host, database, data_plane_url, folder, url } = connection.settings;
  return [host ?? data_plane_url ?? url ?? folder, database].filter(Boolean).join(' · ');
};

function LastTest({ connection, ready }: { connection: Connection; ready: boolean }) {
  const now = useNow();
  if (!connection.checked_at)
    return <span className={t('faint', 'sm')}>{ready ? text.here : text.neverTested}</span>;
  return (
    <State state={connection.checked_ok ? 'completed' : 'failed'} quiet>
      {ago(connection.checked_at, now)}
    </State>
  );
}

interface Props {
  label: string;
  kinds: readonly Kind[];
  connections: readonly Connection[];
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

/** Saved connections first, then kinds for a new one, then what needs no account. */
export function ConnectionChoice({ label, kinds, connections, choice, onChoose }: Props) {
  const needing = kinds.filter(({ ready }) => !ready);
  const ready = kinds.filter(
    (kind) => kind.ready && !connections.some((connection) => connection.kind === kind.id),
  );
  const card = (kind: Kind) => (
    <ChoiceCard
      key={kind.id}
      value={`kind:${kind.id}`}
      glyph={<KindIcon svg={kind.icon} />}
      title={kind.label}
      detail={kind.summary}
    />
  );
  return (
    <ChoiceGroup
      label={label}
      value={valueOf(choice)}
      onChange={(value) => onChoose(choiceOf(value))}
      layout="bare"
    >
      {connections.length > 0 && (
        <section className={styles.section}>
          <h2 className={t('label')}>{text.saved}</h2>
          <div className={styles.savedList}>
            {connections.map((connection) => {
              const kind = kinds.find(({ id }) => id === connection.kind);
              return (
                <ChoiceCard
                  key={connection.name}
                  value={`saved:${connection.name}`}
                  glyph={<KindIcon svg={kind?.icon} />}
                  title={<span dir="auto">{connection.name}</span>}
                  detail={where(connection) || (kind?.label !== connection.name && kind?.label)}
                  after={
                    <span className={styles.facts}>
                      <LastTest connection={connection} ready={kind?.ready ?? false} />
                      <span className={styles.usedBy}>{text.usedBy(connection.used_by.length)}</span>
                    </span>
                  }
                />
              );
            })}
          </div>
        </section>
      )}
      {needing.length > 0 && (
        <section className={styles.section}>
          <h2 className={t('label')}>{text.fresh}</h2>
          <div className={styles.cards}>{needing.map(card)}</div>
        </section>
      )}
      {ready.length > 0 && (
        <section className={styles.section}>
          <h2 className={t('label')}>{text.without}</h2>
          <div className={styles.cards}>{ready.map(card)}</div>
        </section>
      )}
    </ChoiceGroup>
  );
}
