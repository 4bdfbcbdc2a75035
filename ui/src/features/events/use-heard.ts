import { useEffect, useRef, useState } from 'react';
import { usePush } from '@/api/push';
import { text } from './text';

const pause = 10_000;

/** What assistive technology hears of the stream: sums, at most every 10 s. */
export function useHeard(): string {
  const sums = useRef({ sent: 0, failed: 0 });
  const [heard, setHeard] = useState('');
  usePush('events', (push) => {
    sums.current.sent += push.outcomes - push.rejected;
    sums.current.failed += push.rejected;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const { sent, failed } = sums.current;
      if (sent + failed === 0) return;
      sums.current = { sent: 0, failed: 0 };
      setHeard(text.heard(sent, failed));
    }, pause);
    return () => clearInterval(timer);
  }, []);
  return heard;
}
