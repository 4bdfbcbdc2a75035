import { useState } from 'react';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { asProblem } from '@/api/client';
import { useAppInfo } from '@/api/queries';
import { Empty } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { ScrollRegion } from '@/components/ScrollRegion';
import { Waiting } from '@/components/Waiting';
import { AsLastSent } from './AsLastSent';
import { everything, narrowed } from './history';
import { PeopleStart } from './PeopleStart';
import { PersonFacts } from './PersonFacts';
import { PersonHead } from './PersonHead';
import { text } from './text';
import type { EntryActions } from './TimeEntry';
import { TimeFilters } from './TimeFilters';
import { TimeLine } from './TimeLine';
import { usePerson } from './use-person';
import styles from './people.module.css';

export interface PeopleScreenProps {
  /** Whom it is about: a key, e-mail, user id or anonymous id; nobody yet without one. */
  about: string | undefined;
  onAbout: (about: string | undefined) => void;
  /** The request an entry went in. */
  onRequest: (entry: PersonEntry) => void;
  /** Asks whether an entry goes out once more. */
  onReplay: (entry: PersonEntry) => void;
  /** Asks how to take back what an entry changed. */
  onUndo?: (entry: PersonEntry) => void;
  onExport?: () => void;
}

/** Everything ever sent to one person. */
export function PeopleScreen(props: PeopleScreenProps) {
  const { about, onAbout } = props;
  if (about === undefined)
    return (
      <>
        <Toolbar title={text.title} help="people" />
        <Body pad>
          <PeopleStart onAbout={onAbout} />
        </Body>
      </>
    );
  // Filters and what is revealed belong to one person.
  return <Person key={about} {...props} about={about} />;
}

function Person({ about, onAbout, onExport, ...actions }: PeopleScreenProps & { about: string }) {
  const [{ reveal, shown }, setReveal] = useState({ reveal: false, shown: 0 });
  const person = usePerson(about, reveal, shown);
  const { history, error } = person;
  return (
    <>
      <PersonHead
        history={history}
        reveal={reveal}
        onReveal={(next) => setReveal({ reveal: next, shown: history?.entries.length ?? 0 })}
        onAbout={onAbout}
        onExport={onExport}
      />
      {error !== null && (
        <div className={styles.failed}>
          <ProblemBox
            problem={asProblem(error)}
            action={<Button onPress={person.again}>{text.tryAgain}</Button>}
          />
        </div>
      )}
      {history === null ? (
        error === null && <Waiting label={text.reading} rows={8} />
      ) : history.entries.length === 0 ? (
        <Nothing about={about} />
      ) : (
        <History
          history={history}
          onOlder={person.older}
          readingOlder={person.readingOlder}
          onRequest={actions.onRequest}
          onReplay={actions.onReplay}
          onUndo={actions.onUndo}
        />
      )}
    </>
  );
}

function Nothing({ about }: { about: string }) {
  const settings = useAppInfo().data?.settings;
  return (
    <Body pad>
      <div className={styles.nothing} role="status">
        <Empty title={text.none(about)}>
          {settings && text.noneBody(text.kept(settings.history_days, settings.history_megabytes))}
        </Empty>
      </div>
    </Body>
  );
}

function History({
  history,
  onOlder,
  readingOlder,
  onRequest,
  onReplay,
  onUndo,
}: {
  history: PersonHistory;
  onOlder: (() => void) | null;
  readingOlder: boolean;
  onRequest: (entry: PersonEntry) => void;
  onReplay: (entry: PersonEntry) => void;
  onUndo: ((entry: PersonEntry) => void) | undefined;
}) {
  const [narrowing, setNarrowing] = useState(everything);
  const entries = narrowed(history.entries, narrowing);
  const actions: EntryActions = {
    onUndo,
    onRequest,
    onReplay,
    onOnlySync: (sync) => setNarrowing((last) => ({ ...last, sync })),
  };
  return (
    <div className={styles.body}>
      <ScrollRegion label={text.person} className={styles.side}>
        <PersonFacts history={history} />
        <AsLastSent entries={history.entries} />
      </ScrollRegion>
      <div className={styles.main}>
        <TimeFilters history={history} shown={entries.length} narrowing={narrowing} onNarrow={setNarrowing} />
        <ScrollRegion label={text.history} className={styles.scroll}>
          <TimeLine
            history={history}
            entries={entries}
            actions={actions}
            onNarrow={setNarrowing}
            onOlder={onOlder}
            readingOlder={readingOlder}
          />
        </ScrollRegion>
      </div>
    </div>
  );
}
