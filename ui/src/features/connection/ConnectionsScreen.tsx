import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Connection } from '@/api/bindings/Connection';
import type { Kind } from '@/api/bindings/Kind';
import { asProblem, call } from '@/api/client';
import { keys, useCatalogue, useCommand, useConnections, useSyncs } from '@/api/queries';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { Menu } from '@/components/Menu';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { toasts } from '@/components/toasts';
import { t } from '@/components/text';
import { Waiting } from '@/components/Waiting';
import { useNow } from '@/components/when';
import { ConnectionEditor } from './ConnectionEditor';
import { ConnectionTable } from './ConnectionTable';
import { listText } from './list-text';
import { useCheck } from './use-check';
import styles from './list.module.css';

/** What the side panel shows: a saved connection, or a new one of a kind. */
type Open = { name: string } | { kind: Kind } | null;

/** All connections: test them, change them, delete them. `edit` names the one that is open at first. */
export function ConnectionsScreen({ edit }: { edit: string | null }) {
  const now = useNow();
  const client = useQueryClient();
  const { data: connections, error } = useConnections();
  const catalogue = useCatalogue().data;
  const check = useCheck();
  const [open, setOpen] = useState<Open>(edit === null ? null : { name: edit });
  const stopped = useSyncs().data?.filter(({ status }) => status === 'needs_you') ?? [];
  const [testing, setTesting] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<Connection | null>(null);
  const kinds = [...(catalogue?.warehouses ?? []), ...(catalogue?.destinations ?? [])];
  const saved = open && 'name' in open ? connections?.find(({ name }) => name === open.name) : undefined;
  const kind = open && 'kind' in open ? open.kind : kinds.find(({ id }) => id === saved?.kind);

  const show = (next: Open) => {
    check.reset();
    setOpen(next);
  };
  const test = async (connection: Connection) => {
    if (saved?.name !== connection.name) show({ name: connection.name });
    setTesting(connection.name);
    await check.run(connection.name, null);
    setTesting(null);
    await client.invalidateQueries({ queryKey: keys.connections });
  };
  /** What stopped because of this connection goes on with one press. */
  const kept = (name: string) => {
    setOpen({ name });
    const syncs = stopped.filter(({ definition: { from, to } }) => from === name || to === name);
    const goOn = () => {
      for (const { definition } of syncs)
        call('sync_now', {
          sync: definition.name,
          full: false,
          approve: false,
          review: false,
          planned: null,
        }).catch((error: unknown) => {
          const { message, hint } = asProblem(error);
          toasts.show(`${message} ${hint}`, { tone: 'bad' });
        });
    };
    toasts.show(
      listText.saved(name),
      syncs.length > 0 ? { action: { label: listText.goOn, onAction: goOn } } : {},
    );
  };
  const add = (trigger: React.ReactElement) => (
    <Menu
      label={listText.fresh}
      trigger={trigger}
      actions={[...choices(catalogue?.warehouses, show), '-', ...choices(catalogue?.destinations, show)]}
    />
  );
  const list =
    connections === undefined ? (
      error ? (
        <Body pad>
          <ProblemBox problem={asProblem(error)} />
        </Body>
      ) : (
        <Waiting label={listText.reading} />
      )
    ) : connections.length === 0 ? (
      <Body pad className={styles.empty ?? ''}>
        <Icon name="connection" className={t('faint')} />
        <Empty title={listText.empty.title} action={add(<Button look="primary">{listText.fresh}</Button>)}>
          {listText.empty.body}
        </Empty>
      </Body>
    ) : (
      <div className={styles.scroll}>
        <ConnectionTable
          connections={connections}
          kinds={kinds}
          now={now}
          selected={saved?.name ?? null}
          testing={testing}
          onEdit={({ name }) => show({ name })}
          onTest={(connection) => void test(connection)}
          onDelete={setDeleting}
        />
      </div>
    );
  return (
    <>
      <Toolbar title={listText.title} help="connections">
        {connections !== undefined &&
          connections.length > 0 &&
          add(
            <Button icon="plus" iconAfter="down">
              {listText.fresh}
            </Button>,
          )}
      </Toolbar>
      <Body>
        <SplitPane
          id="connection"
          label={listText.panel}
          size={480}
          min={360}
          open
          shown={open !== null && kind !== undefined}
          side={
            open &&
            kind && (
              <ConnectionEditor
                key={saved?.name ?? `new ${kind.id}`}
                kind={kind}
                saved={saved}
                taken={(connections ?? []).map(({ name }) => name)}
                check={check}
                onSaved={kept}
                onClose={() => show(null)}
              />
            )
          }
        >
          {list}
        </SplitPane>
      </Body>
      {deleting && (
        <DeleteQuestion
          connection={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => show(null)}
        />
      )}
    </>
  );
}

const choices = (kinds: readonly Kind[] | undefined, onOpen: (open: Open) => void) =>
  (kinds ?? []).map((kind) => ({ id: kind.id, label: kind.label, onAction: () => onOpen({ kind }) }));

function DeleteQuestion({
  connection,
  onClose,
  onDeleted,
}: {
  connection: Connection;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { name, used_by } = connection;
  const words = listText.ask;
  const remove = useCommand('connection_delete', ['connections']);
  const used = used_by.length > 0;
  const yes = () =>
    remove.mutate(name, {
      onSuccess: () => {
        toasts.show(listText.deleted(name));
        onClose();
        onDeleted();
      },
    });
  return (
    <Dialog
      open
      alert
      onClose={onClose}
      title={words.title(name)}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {used ? words.close : words.cancel}
          </Button>
          {!used && (
            <Button look="dangerSolid" busy={remove.isPending} onPress={yes}>
              {words.yes}
            </Button>
          )}
        </>
      }
    >
      <p>{used ? words.used(used_by) : words.body}</p>
      {remove.error && <ProblemBox problem={asProblem(remove.error)} />}
    </Dialog>
  );
}
