import { Icon } from './Icon';
import { cx } from './cx';
import { t } from './text';
import styles from './Stepper.module.css';

export interface Step<Id extends string> {
  id: Id;
  title: string;
  /** What was chosen there, in a few words. */
  summary?: string;
  state: 'done' | 'now' | 'todo' | 'problem';
  /** Whether one can go there yet. */
  reachable: boolean;
}

/** What a sign says, for who does not see it. */
const words: Partial<Record<Step<string>['state'], string>> = { done: 'done', problem: 'needs you' };

/** The steps of a wizard: done, now, still to come. */
export function Stepper<Id extends string>({
  steps,
  onStep,
}: {
  steps: readonly Step<Id>[];
  onStep: (id: Id) => void;
}) {
  return (
    <ol className={styles.steps}>
      {steps.map((step, index) => (
        <li key={step.id} className={cx(styles.item, styles[step.state])}>
          <button
            type="button"
            className={styles.step}
            aria-current={step.state === 'now' ? 'step' : undefined}
            aria-disabled={!step.reachable}
            title={step.summary}
            onClick={() => step.reachable && onStep(step.id)}
          >
            <span className={styles.number}>
              {step.state === 'problem' ? (
                <span aria-hidden="true">!</span>
              ) : step.state === 'done' ? (
                <Icon name="check" size={12} />
              ) : (
                index + 1
              )}
            </span>
            <span className={styles.title}>{step.title}</span>
            <span className={styles.summary}>{step.summary}</span>
            {words[step.state] && <span className={t('hidden')}>{words[step.state]}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}
