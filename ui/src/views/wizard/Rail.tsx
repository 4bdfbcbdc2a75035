import { Button } from '@/components/Button';
import { type Step, Stepper } from '@/components/Stepper';
import { Tooltip } from '@/components/Tooltip';
import { cx } from '@/components/cx';
import { drags } from '@/components/drag';
import { useMedia } from '@/components/use-media';
import type { Saving } from './use-draft';
import type { StepId } from './steps';
import { text } from './text';
import styles from './wizard.module.css';

interface Props {
  title: string;
  saving: Saving;
  steps: Step<StepId>[];
  onStep: (step: StepId) => void;
  /** Absent where the sample is in use already. */
  onSample: (() => void) | undefined;
  /** A saved sync is being changed. */
  live: boolean;
  sampleBusy: boolean;
  onClose: () => void;
}

/** The wizard's steps, and the two ways out of it. */
export function Rail({ title, saving, steps, onStep, live, onSample, sampleBusy, onClose }: Props) {
  const narrow = useMedia('(max-width: 1100px)');
  const way = (icon: 'flask' | 'cross', label: string, onPress: () => void, busy = false) => {
    const button = (
      <Button
        look="quiet"
        icon={icon}
        busy={busy}
        onPress={onPress}
        className={styles.way}
        aria-label={label}
      >
        {!narrow && label}
      </Button>
    );
    return narrow ? <Tooltip text={label}>{button}</Tooltip> : button;
  };
  return (
    <nav className={styles.rail} aria-label={text.steps}>
      <div className={styles.top} {...drags()} />
      <div className={styles.railTitle}>
        <p className={styles.name} dir="auto">
          {title || text.newSync}
        </p>
        <p className={cx(styles.saving, saving.state === 'failed' && styles.failed)} role="status">
          {saving.words}
        </p>
      </div>
      <Stepper steps={steps} onStep={onStep} />
      <div className={styles.ways}>
        {onSample && way('flask', text.useSample, onSample, sampleBusy)}
        {way('cross', live ? text.live.close(saving.state !== 'untouched') : text.close, onClose)}
      </div>
    </nav>
  );
}
