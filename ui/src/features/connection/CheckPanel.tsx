import type { CheckStep } from '@/api/bindings/CheckStep';
import { Note } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { SideHead } from '@/components/SplitPane';
import { copyText } from '@/components/copy';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { duration } from '@/components/times';
import { text } from './text';
import type { Check } from './use-check';
import styles from './CheckPanel.module.css';

function Step({ step, failedAt }: { step: CheckStep; failedAt: number }) {
  const { result } = step;
  const note =
    result.state === 'not_reached'
      ? text.notReached(failedAt)
      : result.state === 'failed'
        ? null
        : result.note;
  return (
    <li className={cx(styles.step, styles[result.state])}>
      <span className={styles.sign}>
        {result.state === 'passed' && <Icon name="check" size={14} />}
        {result.state === 'noted' && <Icon name="info" size={14} />}
        {result.state === 'failed' && <Icon name="cross" size={14} />}
      </span>
      <div className={styles.words}>
        <b>{step.label}</b>
        {note && <span className={styles.note}>{note}</span>}
        {result.state === 'noted' && result.fix && (
          <Button size="sm" icon="copy" onPress={() => void copyText(result.fix ?? '', 'Copied')}>
            Copy what would change it
          </Button>
        )}
      </div>
      {result.state !== 'not_reached' && <span className={styles.time}>{duration(step.took_ms)}</span>}
      {result.state === 'failed' && (
        <div className={styles.problem}>
          <ProblemBox problem={result.problem} sign={false} />
        </div>
      )}
    </li>
  );
}

function summary({ state, steps }: Check): string {
  if (state === 'idle') return text.testNotRun;
  if (state === 'running') return text.testRunning(steps.length + 1);
  if (state === 'passed') return text.testPassed;
  const failed = steps.findIndex(({ result }) => result.state === 'failed');
  return failed < 0 ? text.testNotBegun : text.testStopped(failed + 1, steps.length);
}

/** The test's named steps, each with its result, time and, where it failed, the fix. */
export function CheckPanel({ check }: { check: Check }) {
  const failedAt = check.steps.findIndex(({ result }) => result.state === 'failed') + 1;
  return (
    <>
      <SideHead>
        <h2 className={t('label')}>{text.test}</h2>
        <span className={cx(t('sm', 'faint', 'push'), styles.summary)} role="status">
          {summary(check)}
        </span>
      </SideHead>
      <div className={styles.body}>
        {check.state === 'idle' && <Note>{text.testIntro}</Note>}
        {check.problem && <ProblemBox problem={check.problem} />}
        <ol className={styles.steps}>
          {check.steps.map((step) => (
            <Step key={step.step} step={step} failedAt={failedAt} />
          ))}
          {check.state === 'running' && (
            <li className={cx(styles.step, styles.running)}>
              <span className={styles.sign}>
                <Icon name="running" size={14} />
              </span>
              <b>…</b>
            </li>
          )}
        </ol>
      </div>
    </>
  );
}
