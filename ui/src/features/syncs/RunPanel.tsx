import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { Run } from '@/api/bindings/Run';
import { Button } from '@/components/Button';
import { cx } from '@/components/cx';
import { Panel } from '@/components/Panel';
import { Progress } from '@/components/Progress';
import { StateIcon, type StateName } from '@/components/State';
import { t } from '@/components/text';
import { byteSize, clockSeconds, count } from '@/components/times';
import { percent, spent } from '@/components/when';
import { toSend } from './describe';
import { RateChart } from './RateChart';
import { text } from './text';
import { usePhase } from './use-phase';
import styles from './Sync.module.css';

const words = text.run;

/** A run as it goes: read, compare, send; what arrived, what was refused, what is to go. */
export function RunPanel({
  run,
  to,
  busy,
  onCancel,
}: {
  run: Run;
  to: string;
  busy: boolean;
  onCancel: () => void;
}) {
  const { progress } = run;
  const phase = usePhase(run);
  const sending = phase === 'sending';
  const all = toSend(run);
  const done = run.delivered + run.rejected;
  const expected = progress?.expected_rows ?? null;
  const left = progress?.seconds_left ?? null;
  const amount = sending
    ? words.of(done, all)
    : expected
      ? words.rowsOf(run.read, expected)
      : words.rows(run.read);
  const amountLeft =
    left === null ? amount : `${amount}, ${words.left(spent(Math.max(1, Math.round(left))))}`;
  const going = run.trigger === 'undo' ? words.puttingBack : words.sending;
  const title = sending ? (all === 0 ? words.nothing : going(all)) : words[phase];
  return (
    <section className={styles.run} aria-label={words.region}>
      <Panel>
        <div className={styles.runHead}>
          <div className={t('grow')}>
            <h2 className={t('head')}>{title}</h2>
            <p className={t('sm', 'soft')}>
              {words.started(clockSeconds(run.started_at), words.by[run.trigger])} {amountLeft}.
            </p>
          </div>
          <span className={styles.keeps}>
            {run.delivered > 0 ? words.keeps(run.delivered) : words.keepsNone}
          </span>
          <Button icon="stop" busy={busy} onPress={onCancel}>
            {text.cancelRun}
          </Button>
        </div>
        <div className={styles.runBar}>
          <Progress
            label={title}
            done={sending ? run.delivered : run.read}
            rejected={sending ? run.rejected : 0}
            total={sending ? all : (expected ?? run.read * 2)}
            text={amountLeft}
          />
        </div>
        <ol className={styles.phases}>
          <Step name={words.read} state={phase === 'reading' ? 'running' : 'completed'}>
            {words.rows(run.read)}
            {run.cost && words.processed(byteSize(run.cost.bytes), run.cost.price)}
          </Step>
          <Step
            name={words.compare}
            state={phase === 'reading' ? 'draft' : phase === 'sealing' ? 'running' : 'completed'}
          >
            {phase !== 'reading' && words.compared(run.added, run.changed, run.removed, run.unchanged)}
            {run.invalid > 0 && (
              <>
                {', '}
                <Link
                  to="/events"
                  search={{ sync: run.sync, run: run.run, status: ['invalid'] }}
                  className={cx(styles.link)}
                >
                  {words.invalid(run.invalid)}
                </Link>
              </>
            )}
          </Step>
          <Step name={words.send} state={sending ? 'running' : 'draft'}>
            {sending && words.requests(run.requests)}
          </Step>
        </ol>
        <div className={styles.stats}>
          <Stat name={words.delivered} value={count(run.delivered)} note={words.confirmed(to)} />
          <Stat
            name={words.rejected}
            value={count(run.rejected)}
            note={run.rejected > 0 ? words.kept : words.none}
            bad={run.rejected > 0}
          />
          <Stat
            name={words.toGo}
            value={sending ? count(Math.max(0, all - done)) : '–'}
            note={run.carried > 0 ? words.carried(run.carried) : words.waiting}
          />
          <Stat
            name={words.now}
            value={words.perSecond(progress?.per_second ?? 0)}
            note={progress?.waiting_for ?? words.bytes(byteSize(run.bytes_sent))}
          />
          <RateChart rates={progress?.rates ?? []} label={words.rate} />
        </div>
      </Panel>
      <Heard run={run} sending={sending} all={all} />
    </section>
  );
}

function Step({ name, state, children }: { name: string; state: StateName; children: ReactNode }) {
  return (
    <li className={styles.phase}>
      <StateIcon state={state} />
      <b>{name}</b>
      <span className={t('soft')}>{children}</span>
    </li>
  );
}

function Stat({ name, value, note, bad }: { name: string; value: string; note: string; bad?: boolean }) {
  return (
    <dl className={styles.stat}>
      <dt>{name}</dt>
      <dd className={cx(styles.value, bad && t('bad'))}>{value}</dd>
      <dd className={styles.note}>{note}</dd>
    </dl>
  );
}

/** Progress for assistive technology, at most every 10 s. */
function Heard({ run, sending, all }: { run: Run; sending: boolean; all: number }) {
  const now = sending
    ? `${percent(run.delivered + run.rejected, all)}, ${words.of(run.delivered + run.rejected, all)}`
    : words.rows(run.read);
  const [latest, setLatest] = useState(now);
  const [heard, setHeard] = useState('');
  if (latest !== now) setLatest(now);
  useEffect(() => {
    const timer = setInterval(() => setLatest((said) => (setHeard(said), said)), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className={t('hidden')} role="status">
      {heard}
    </p>
  );
}
