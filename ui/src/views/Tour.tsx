import { useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@/components/Button';
import { closing, isPressed } from '@/components/shortcut';
import { tour } from '@/components/tour';
import { type Box, placeOf } from './tour-place';
import { stops, text } from './tour-text';
import styles from './Tour.module.css';

const find = (at: readonly string[]): Element | null =>
  at.map((selector) => document.querySelector(selector)).find((found) => found !== null) ?? null;

/** The short tour: a bubble beside the part of the window it tells of. The window goes on working beneath it. */
export function Tour() {
  const router = useRouter();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const [step, setStep] = useState(0);
  const [spot, setSpot] = useState<{ target: Box; left: number; top: number } | null>(null);
  const bubble = useRef<HTMLDivElement>(null);
  const id = useId();
  const stop = stops[step];

  const toNext = () => bubble.current?.querySelector<HTMLElement>('[data-look=primary]')?.focus();

  // It tells of Home; whoever goes elsewhere has left it.
  useEffect(() => {
    if (router.state.location.pathname !== '/') void router.navigate({ to: '/' });
    return router.subscribe('onBeforeNavigate', ({ toLocation }) => {
      if (toLocation.pathname !== '/') tour.leave();
    });
  }, [router]);

  const place = useEffectEvent(() => {
    const target = stop && find(stop.at)?.getBoundingClientRect();
    const size = bubble.current?.getBoundingClientRect();
    if (!target || !size) return;
    const room = { width: window.innerWidth, height: window.innerHeight };
    setSpot({ target, ...placeOf(target, size, room) });
  });
  useLayoutEffect(() => place(), [step, path]);
  useEffect(() => {
    const again = () => place();
    window.addEventListener('resize', again);
    return () => window.removeEventListener('resize', again);
  }, []);

  // The keyboard begins in the bubble, and goes back to where it was.
  useEffect(() => {
    const before = document.activeElement;
    toNext();
    return () => {
      const back = before instanceof HTMLElement && before.isConnected ? before : null;
      const help = document.querySelector<HTMLElement>('main button[aria-label="Help on this screen"]');
      (back && back !== document.body ? back : help)?.focus();
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const others = document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]').length > 1;
      if (isPressed(event, closing) && !event.defaultPrevented && !others) tour.leave();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  if (!stop) return null;
  const isLast = step === stops.length - 1;
  const goBack = () => {
    // At the first stop there is no way back to stand on.
    if (step === 1) toNext();
    setStep(step - 1);
  };
  return (
    <>
      {spot && (
        <div
          className={styles.ring}
          aria-hidden="true"
          style={{
            left: spot.target.left,
            top: spot.target.top,
            width: spot.target.width,
            height: spot.target.height,
          }}
        />
      )}
      <div
        ref={bubble}
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-body`}
        className={styles.bubble}
        style={spot ? { left: spot.left, top: spot.top } : { left: 12, bottom: 12 }}
      >
        <div className={styles.words} aria-live="polite">
          <h2 id={`${id}-title`} className={styles.title}>
            {stop.title}
          </h2>
          <p id={`${id}-body`}>{stop.body}</p>
        </div>
        <div className={styles.foot}>
          <span className={styles.step}>{text.step(step + 1)}</span>
          <Button size="sm" look="quiet" onPress={tour.leave}>
            {text.leave}
          </Button>
          <Button size="sm" isDisabled={step === 0} onPress={goBack}>
            {text.back}
          </Button>
          <Button size="sm" look="primary" onPress={() => (isLast ? tour.leave() : setStep(step + 1))}>
            {isLast ? text.done : text.next}
          </Button>
        </div>
      </div>
    </>
  );
}
