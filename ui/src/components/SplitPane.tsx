import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from './Button';
import { cx } from './cx';
import { useMedia } from './use-media';
import styles from './SplitPane.module.css';

export interface SplitPaneProps {
  /** The size is remembered under this name. */
  id: string;
  children: ReactNode;
  side: ReactNode;
  /** The panel's name. */
  label: string;
  size: number;
  min?: number;
  max?: number;
  /** Below 900 px the side panel slides over the content while this is true. */
  open?: boolean;
  onClose?: () => void;
  /** There is something to show beside the content. The content stays the same element either way. */
  shown?: boolean;
  /** Announces what changes inside. */
  live?: boolean;
}

const stored = (id: string, fallback: number): number =>
  Number(localStorage.getItem(`sluice.pane.${id}`)) || fallback;

/** Content with a resizable panel at its right end; the size is kept. */
export function SplitPane({
  id,
  children,
  side,
  label,
  size,
  min = 280,
  max = 560,
  open = false,
  onClose,
  shown = true,
  live,
}: SplitPaneProps) {
  const narrow = useMedia('(max-width: 900px)');
  const [width, setWidth] = useState(() => stored(id, size));
  const pane = useRef<HTMLElement>(null);
  const keep = (next: number) => {
    const kept = Math.round(Math.min(max, Math.max(min, next)));
    setWidth(kept);
    localStorage.setItem(`sluice.pane.${id}`, String(kept));
  };
  useEffect(() => {
    if (pane.current) pane.current.style.width = `${String(width)}px`;
  }, [width, narrow, open, shown]);
  // A panel that scrolls takes the keyboard; one that does not is no extra tab stop.
  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const fit = () => {
      if (element.scrollHeight > element.clientHeight + 1) element.tabIndex = 0;
      else element.removeAttribute('tabindex');
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  });
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    keep((pane.current?.getBoundingClientRect().right ?? 0) - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowLeft' ? 16 : event.key === 'ArrowRight' ? -16 : 0;
    if (!step) return;
    event.preventDefault();
    keep(width + step);
  };
  const hidden = !shown || (narrow && !open);
  return (
    <div className={styles.split}>
      <div className={styles.content}>{children}</div>
      {!hidden && (
        <>
          {!narrow && (
            // A window splitter is a separator one can focus and move.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
            <div
              className={styles.handle}
              role="separator"
              aria-orientation="vertical"
              aria-label={`Width of ${label}`}
              aria-valuenow={width}
              aria-valuemin={min}
              aria-valuemax={max}
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
              onPointerMove={onPointerMove}
              onDoubleClick={() => keep(size)}
              onKeyDown={onKeyDown}
            />
          )}
          <aside
            ref={pane}
            className={cx(styles.side, narrow && styles.over)}
            aria-label={label}
            aria-live={live ? 'polite' : undefined}
          >
            {narrow && onClose && (
              <div className={styles.close}>
                <IconButton icon="cross" label={`Close ${label}`} onPress={onClose} />
              </div>
            )}
            {side}
          </aside>
        </>
      )}
    </div>
  );
}

/** The head of a side panel. */
export function SideHead({ children }: { children: ReactNode }) {
  return <div className={styles.head}>{children}</div>;
}
