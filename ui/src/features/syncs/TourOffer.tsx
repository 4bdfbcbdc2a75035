import { useSyncExternalStore } from 'react';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { tour } from '@/components/tour';
import { text } from './text';
import styles from './Home.module.css';

const words = text.home.tour;

/** On the first use: the tour, to take or to leave, in nobody's way. */
export function TourOffer({ syncs }: { syncs: number }) {
  const isNew = useSyncExternalStore(tour.subscribe, tour.isNew);
  // Who has several syncs knows the window.
  if (!isNew || syncs > 1) return null;
  return (
    <div className={styles.banners}>
      <Banner
        tone="info"
        action={
          <div className={styles.offer}>
            <Button onPress={tour.start}>{words.take}</Button>
            <Button look="quiet" onPress={tour.leave}>
              {words.decline}
            </Button>
          </div>
        }
      >
        <b>{words.title}</b> {words.body}
      </Banner>
    </div>
  );
}
