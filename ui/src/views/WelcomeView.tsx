import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { Button } from 'react-aria-components';
import { call } from '@/api/client';
import { useAppInfo, useCatalogue } from '@/api/queries';
import { Icon, type IconName, Mark } from '@/components/Icon';
import { ProblemBox } from '@/components/ProblemBox';
import { cx } from '@/components/cx';
import { drags } from '@/components/drag';
import { t } from '@/components/text';
import { WelcomeSteps } from './WelcomeSteps';
import { text } from './welcome.text';
import { newState, reduce } from './wizard/state';
import { useSample } from './wizard/use-sample';
import styles from './WelcomeView.module.css';

function Door({
  icon,
  title,
  about,
  time,
  first,
  busy,
  onPress,
}: {
  icon: IconName;
  title: string;
  about: ReactNode;
  time: string;
  first?: boolean;
  busy?: boolean;
  onPress: () => void;
}) {
  return (
    <Button className={cx(styles.door, first && styles.first)} isPending={busy ?? false} onPress={onPress}>
      <span className={styles.sign}>
        <Icon name={busy ? 'running' : icon} className={cx(busy && styles.turning)} />
      </span>
      <span className={t('grow')}>
        <b>{title}</b>
        <span className={styles.about}>{about}</span>
      </span>
      <span className={styles.time}>{time}</span>
      <Icon name="right" />
    </Button>
  );
}

/** The first start: two doors of equal calm, the sample first. */
export function WelcomeView() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const info = useAppInfo().data;
  const catalogue = useCatalogue().data;
  const sample = useSample();
  const started = useRef(false);
  const kinds = (catalogue?.warehouses ?? []).filter(({ ready }) => !ready).map(({ label }) => label);

  const trySample = async () => {
    if (started.current) return;
    started.current = true;
    let state = newState(info?.time_zone ?? 'UTC');
    const done = await sample.start((action) => {
      state = reduce(state, action);
    });
    started.current = false;
    if (!done) return;
    const draft = crypto.randomUUID();
    await call('draft_save', { id: draft, title: state.name, saved_at: null, state });
    // Nobody looks at these lists now, and the wizard must not find the ones from before.
    await Promise.all(
      ['drafts', 'app_info'].map((key) => client.invalidateQueries({ queryKey: [key], refetchType: 'all' })),
    );
    await navigate({ to: '/wizard/$draft/$step', params: { draft, step: 'table' } });
  };
  return (
    <main className={styles.window}>
      <section className={styles.start}>
        <div className={styles.top} {...drags()} />
        <p className={styles.mark}>
          <Mark />
          <span className={t('head')}>Sluice</span>
        </p>
        <h1 className={styles.title}>{text.title}</h1>
        <p className={styles.lead}>{text.about}</p>
        {info?.keychain && <ProblemBox problem={info.keychain} tone="warn" />}
        <div className={styles.doors}>
          <Door
            first
            icon="flask"
            title={text.sample}
            about={text.sampleAbout}
            time={text.sampleTime}
            busy={sample.busy}
            onPress={() => void trySample()}
          />
          <Door
            icon="database"
            title={text.connect}
            about={text.connectAbout(kinds.join(', ') || 'Your data warehouse')}
            time={text.connectTime}
            onPress={() => void navigate({ to: '/new' })}
          />
        </div>
        <ul className={styles.promises}>
          {text.promises.map((promise, index) => (
            <li key={promise}>
              <Icon name={(['lock', 'arrowRight', 'shield'] as const)[index] ?? 'check'} size={14} />
              {promise}
            </li>
          ))}
        </ul>
      </section>
      <WelcomeSteps />
    </main>
  );
}
