import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/Button';
import { Footer, StepHead } from '@/components/Page';
import { Icon, type IconName } from '@/components/Icon';
import { isPressed } from '@/components/shortcut';
import { inWizard } from '@/features/shortcuts';
import { useWizard } from './context';
import { focusProblem } from './focus';
import { type StepId, neighbour } from './steps';
import { text } from './text';
import styles from './wizard.module.css';

export interface MainAction {
  label: string;
  icon?: IconName;
  busy?: boolean;
  onPress: () => void;
}

interface Props {
  step: StepId;
  title: string;
  about?: ReactNode;
  headEnd?: ReactNode;
  children: ReactNode;
  /** What stops one from going on, in words; the first is shown. An empty one is told only once one insists. */
  problems?: readonly string[];
  /** What is still to be chosen: said quietly, and a problem only once one insists. */
  todo?: string | undefined;
  /** Where nothing stops one: what is good to know before going on. */
  note?: ReactNode;
  /** Beside the main button. */
  other?: ReactNode;
  main: MainAction;
  /** The main button was pressed although something is open. */
  onInsist?: () => void;
}

/** A step: its question, its body, Back on the left, the main button always at the same place. */
export function StepFrame({
  step,
  title,
  about,
  headEnd,
  children,
  problems = [],
  todo,
  note,
  other,
  main,
  onInsist,
}: Props) {
  const { go, close } = useWizard();
  const body = useRef<HTMLDivElement>(null);
  const back = neighbour(step, -1);
  const heading = useRef<HTMLHeadingElement>(null);
  // Who goes on by keyboard goes on from the new step's question.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [step]);
  const [insisted, setInsisted] = useState(false);
  const open = todo ?? problems[0];
  const problem = todo !== undefined && !insisted ? undefined : open;

  const press = () => {
    if (open === undefined) {
      if (!main.busy) main.onPress();
      return;
    }
    setInsisted(true);
    onInsist?.();
    focusProblem(body.current?.parentElement ?? null, body.current);
  };
  // Taken on the way down: controls keep the keys they know from going further up.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        !isPressed(event, inWizard.next) ||
        event.shiftKey ||
        document.querySelector('[role="dialog"], [role="alertdialog"]')
      )
        return;
      event.preventDefault();
      press();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  });
  return (
    <>
      <StepHead title={title} titleRef={heading} help={step} after={headEnd}>
        {about}
      </StepHead>
      <div ref={body} className={styles.body}>
        {children}
      </div>
      <Footer
        start={
          back ? (
            <Button size="lg" icon="left" onPress={() => go(back)}>
              {text.back}
            </Button>
          ) : (
            <Button size="lg" onPress={close}>
              {text.cancel}
            </Button>
          )
        }
      >
        <span role="status" className={styles.problems}>
          {problem ? (
            <span className={styles.problem}>
              <Icon name="warning" size={14} />
              {problem}
            </span>
          ) : (
            (todo ?? note)
          )}
        </span>
        {other}
        <Button
          size="lg"
          look="primary"
          keys={inWizard.next.keys}
          busy={main.busy ?? false}
          {...(main.icon ? { icon: main.icon } : {})}
          onPress={press}
        >
          {main.label}
        </Button>
      </Footer>
    </>
  );
}
