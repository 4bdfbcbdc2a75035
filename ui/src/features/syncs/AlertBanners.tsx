import { useNavigate } from '@tanstack/react-router';
import { useAlerts } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { t } from '@/components/text';
import { text } from './text';
import styles from './Home.module.css';

/** Alerts that could not be sent: who relies on them hears nothing. */
export function AlertBanners() {
  const navigate = useNavigate();
  const failed = (useAlerts().data ?? []).filter(({ problem }) => problem !== null);
  if (failed.length === 0) return null;
  return (
    <div className={styles.banners}>
      {failed.map(({ id, name, problem }) => (
        <Banner
          key={id}
          tone="bad"
          action={
            <Button className={styles.bannerButton ?? ''} onPress={() => void navigate({ to: '/settings' })}>
              {text.home.toAlerts}
            </Button>
          }
        >
          <p>
            <b>{text.home.alertFailed(name)}</b> {problem?.message}
          </p>
          <p className={t('soft')}>
            {problem?.safe} {problem?.hint}
          </p>
        </Banner>
      ))}
    </div>
  );
}
