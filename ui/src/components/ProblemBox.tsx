import type { ReactNode } from 'react';
import { Button, LinkButton } from './Button';
import { Icon } from './Icon';
import { copyText } from './copy';
import { cx } from './cx';
import { help } from './help';
import styles from './ProblemBox.module.css';

export interface ProblemWords {
  code: string;
  message: string;
  safe: string;
  hint: string;
  fix?: string | null;
  details: readonly string[];
}

/** An error: what happened · what is safe · what to do, something to copy, and the technical text folded away. */
export function ProblemBox({
  problem,
  action,
  tone = 'bad',
  sign = true,
  explain = !problem.code.startsWith('SLU-0'),
}: {
  problem: ProblemWords;
  action?: ReactNode;
  tone?: 'bad' | 'warn';
  sign?: boolean;
  /** Leads to the page of its code; what the window itself says has none. */
  explain?: boolean;
}) {
  const message = `${problem.message} ${problem.hint}${problem.fix ? `\n\n${problem.fix}` : ''}\n\n(${problem.code})`;
  return (
    <div className={cx(styles.box, styles[tone])} role="alert">
      {sign && <Icon name="warning" className={cx(styles.sign)} />}
      <div className={styles.words}>
        <p>
          <b dir="auto">{problem.message}</b> {problem.safe}
        </p>
        {problem.hint && <p className={styles.hint}>{problem.hint}</p>}
        {problem.fix && <pre className={styles.fix}>{problem.fix}</pre>}
        {explain && (
          <p className={styles.explain}>
            <LinkButton onPress={() => help.open({ code: problem.code })}>What is this?</LinkButton>
          </p>
        )}
        {(action ?? problem.fix) && (
          <div className={styles.actions}>
            {action}
            {problem.fix && (
              <>
                <Button icon="copy" onPress={() => void copyText(problem.fix ?? '', 'Fix copied')}>
                  Copy fix
                </Button>
                <Button look="quiet" icon="message" onPress={() => void copyText(message, 'Message copied')}>
                  Copy as a message
                </Button>
              </>
            )}
          </div>
        )}
        <details className={styles.details}>
          <summary>
            Technical details <span className={styles.code}>{problem.code}</span>
          </summary>
          {problem.details.map((line, index) => (
            <p key={index} className={styles.line}>
              {line}
            </p>
          ))}
        </details>
      </div>
    </div>
  );
}
