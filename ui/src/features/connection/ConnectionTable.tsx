import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import { Button, IconButton } from '@/components/Button';
import { KindIcon } from '@/components/KindIcon';
import { Menu } from '@/components/Menu';
import { Table } from '@/components/Panel';
import { State } from '@/components/State';
import { t } from '@/components/text';
import { cx } from '@/components/cx';
import { ago } from '@/components/when';
import { lacksSecret } from './form';
import { listText } from './list-text';
import { text } from './text';
import { whereOf } from './where';
import styles from './list.module.css';

export interface ConnectionTableProps {
  connections: readonly Connection[];
  kinds: readonly Kind[];
  now: number;
  selected: string | null;
  testing: string | null;
  onEdit: (connection: Connection) => void;
  onTest: (connection: Connection) => void;
  onDelete: (connection: Connection) => void;
}

/** One line per connection: what it is, whether it works, who uses it. */
export function ConnectionTable({
  connections,
  kinds,
  now,
  selected,
  testing,
  onEdit,
  onTest,
  onDelete,
}: ConnectionTableProps) {
  const { columns } = listText;
  return (
    <Table
      label={listText.table}
      look="tall"
      head={
        <tr>
          <th>{columns.name}</th>
          <th className={cx(styles.wRole, styles.role)}>{columns.role}</th>
          <th className={cx(styles.wTested, styles.tested)}>{columns.tested}</th>
          <th className={cx(styles.wUsed, styles.used)}>{columns.used}</th>
          <th className={styles.wActions}>
            <span className={t('hidden')}>{columns.actions}</span>
          </th>
        </tr>
      }
    >
      {connections.map((connection) => {
        const { name, kind: id, used_by, checked_at } = connection;
        const kind = kinds.find((one) => one.id === id);
        const missing = kind !== undefined && lacksSecret(kind, connection);
        const where = whereOf(connection);
        const about = [kind?.label ?? id, where].filter((part) => part && part !== name).join(' · ');
        return (
          <tr
            key={name}
            data-selected={selected === name ? '' : undefined}
            onClick={({ target, currentTarget }) => {
              const cell = (target as Element).closest('td');
              // What is pressed in the last cell, or in its menu, is not the row.
              if (cell && currentTarget.contains(cell) && cell !== currentTarget.lastElementChild)
                onEdit(connection);
            }}
          >
            <td>
              <div className={styles.name}>
                <KindIcon svg={kind?.icon} className={cx(styles.glyph)} />
                <div className={styles.two}>
                  <bdi className={t('medium', 'cut')} title={name}>
                    {name}
                  </bdi>
                  {about && (
                    <span className={cx(t('sm', 'faint', 'cut'))} title={where}>
                      {about}
                    </span>
                  )}
                </div>
              </div>
            </td>
            <td className={cx(t('soft'), styles.role)}>{listText.roles[connection.role]}</td>
            <td className={styles.tested}>
              {missing ? (
                <State state="needsYou">{listText.secretMissing}</State>
              ) : checked_at ? (
                <State state={connection.checked_ok ? 'completed' : 'failed'} quiet>
                  {connection.checked_ok
                    ? listText.passed(ago(checked_at, now))
                    : listText.failed(ago(checked_at, now))}
                </State>
              ) : (
                <span className={t('faint')}>{kind?.ready ? text.here : text.neverTested}</span>
              )}
            </td>
            <td className={cx(t('soft'), styles.used)} title={used_by.join(', ')}>
              {used_by.length === 0 ? (
                listText.unused
              ) : used_by.length > 1 ? (
                text.usedBy(used_by.length)
              ) : (
                <div className={t('cut', 'data')} dir="auto">
                  {used_by[0]}
                </div>
              )}
            </td>
            <td>
              <div className={styles.actions}>
                <Button
                  size="sm"
                  look="quiet"
                  aria-label={listText.testOf(name)}
                  busy={testing === name}
                  onPress={() => onTest(connection)}
                >
                  {listText.test}
                </Button>
                <IconButton icon="pencil" label={listText.edit(name)} onPress={() => onEdit(connection)} />
                <Menu
                  label={listText.more(name)}
                  trigger={<IconButton icon="more" label={listText.more(name)} />}
                  actions={[
                    {
                      id: 'edit',
                      label: listText.editAction,
                      icon: 'pencil',
                      onAction: () => onEdit(connection),
                    },
                    '-',
                    {
                      id: 'delete',
                      label: listText.deleteAction,
                      icon: 'trash',
                      danger: true,
                      onAction: () => onDelete(connection),
                    },
                  ]}
                />
              </div>
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
