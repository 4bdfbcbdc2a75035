import { useState } from 'react';
import type { Event } from '@/api/bindings/Event';
import type { UndoLook } from '@/api/bindings/UndoLook';
import { asProblem } from '@/api/client';
import { useSync } from '@/api/queries';
import { Button } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { moment, useNow } from '@/components/when';
import { Earlier } from './Earlier';
import { Kinds } from './Kinds';
import { Looking } from './Looking';
import { total } from './look';
import { Records } from './Records';
import { text } from './text';
import { useUndo, useUndoLook, written } from './use-undo';
import styles from './undo.module.css';

export interface UndoDialogProps {
  run: number;
  startedAt: string;
  sync: string;
  /** How many records the run delivered, where that is known before they are looked at. */
  records?: number;
  /** Only the records of these events; all of the run's where there are none. */
  events?: string[];
  onClose: () => void;
  /** What was sent can be looked at, where it can not be taken back. */
  onEvents: () => void;
  /** Where one event can not be taken back, what was sent before it goes out once more. */
  onReplay?: (event: Event) => void;
}

const all: string[] = [];

/** What an undo would do, record by record, before it does anything. */
export function UndoDialog({
  run,
  startedAt,
  sync,
  records,
  events = all,
  onClose,
  onEvents,
  onReplay,
}: UndoDialogProps) {
  const now = useNow();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const chosen = picked.length > 0 ? picked : events;
  const look = useUndoLook(run, chosen);
  const saved = useSync(sync).data;
  const undo = useUndo();
  const [deletes, setDeletes] = useState(false);
  const scheduled = saved?.definition.schedule.type !== 'manual' && saved?.paused === false;
  const [wantsPause, setPause] = useState(true);
  const pause = scheduled && wantsPause;
  const one = events.length === 1 ? events[0] : undefined;
  const to = saved?.definition.to ?? '';
  const n = look.data ? written(look.data, deletes) : 0;
  const canTryAgain = look.error !== null && asProblem(look.error).kind !== 'can_not_undo';
  const start = async (data: UndoLook) => {
    if (await undo.go(data, chosen, deletes, pause)) onClose();
  };
  return (
    <Dialog
      open
      alert
      width="table"
      onClose={onClose}
      title={one !== undefined ? text.one : text.title(moment(startedAt, now))}
      actions={
        <>
          <span className={t('sm', 'soft', 'grow')}>{look.data && n > 0 && text.undoable}</span>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the first focus is on the answer that loses nothing */}
          <Button autoFocus onPress={onClose}>
            {look.error ? text.close : text.cancel}
          </Button>
          {look.error ? (
            <>
              <Button look={canTryAgain ? 'secondary' : 'primary'} icon="events" onPress={onEvents}>
                {text.events}
              </Button>
              {canTryAgain && (
                <Button
                  look="primary"
                  icon="refresh"
                  busy={look.isFetching}
                  onPress={() => void look.refetch()}
                >
                  {text.retry}
                </Button>
              )}
            </>
          ) : (
            <Button
              look={deletes ? 'dangerSolid' : 'primary'}
              icon="undo"
              isDisabled={n === 0 || look.isPlaceholderData}
              busy={undo.busy}
              onPress={() => look.data && void start(look.data)}
            >
              {look.data && n > 0 ? text.go(n) : text.goUnknown}
            </Button>
          )}
        </>
      }
    >
      {look.error ? (
        <>
          <ProblemBox problem={asProblem(look.error)} />
          {one !== undefined && onReplay && asProblem(look.error).kind === 'can_not_undo' && (
            <Earlier event={one} onReplay={onReplay} />
          )}
        </>
      ) : !look.data ? (
        <Looking to={to} records={one === undefined ? records : 1} />
      ) : (
        <>
          <p>
            {text.about(sync, to, total(look.data))}
            {look.data.waiting > 0 && ` ${text.waiting(look.data.waiting)}`}
          </p>
          <Kinds look={look.data} deletes={deletes} onDeletes={setDeletes} />
          <Records
            run={run}
            events={events}
            of={{ undone: n, all: total(look.data) }}
            deletes={deletes}
            picked={picked}
            onPick={setPicked}
          />
          {n === 0 ? (
            <p>{text.none}</p>
          ) : scheduled ? (
            <div className={styles.pause}>
              <Checkbox checked={pause} onChange={setPause}>
                {text.pause(sync)} <span className={t('soft')}>{text.pauseWhy}</span>
              </Checkbox>
            </div>
          ) : (
            <p className={t('sm', 'soft')}>{text.again}</p>
          )}
        </>
      )}
    </Dialog>
  );
}
