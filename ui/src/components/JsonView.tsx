import { useEffect, useMemo, useRef } from 'react';
import { cx } from './cx';
import { jsonLines } from './json-lines';
import { t } from './text';
import { counted } from './times';
import styles from './JsonView.module.css';

const mostLines = 2000;
const longest = 2000;

const shorten = (text: string) =>
  text.length > longest
    ? `${text.slice(0, longest)}… (${counted(text.length, 'character', 'characters')})`
    : text;

/** JSON laid out for reading, or with `exact` its bytes as sent. `marked` says which lines, from 0, to point at. */
export function JsonView({
  json,
  marked,
  exact,
  label,
  wrap,
  className,
}: {
  json: string;
  marked?: (line: number) => boolean;
  exact?: boolean;
  label: string;
  wrap?: boolean;
  className?: string | undefined;
}) {
  const lines = useMemo(() => (exact ? [] : jsonLines(json)), [json, exact]);
  const first = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    first.current?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  // A region that scrolls is reachable by keyboard and named.
  const region = { role: 'region', 'aria-label': label, tabIndex: 0 } as const;
  if (exact) {
    return (
      <pre {...region} className={cx(styles.code, styles.exact, className)}>
        {shorten(json)}
      </pre>
    );
  }
  return (
    <pre {...region} className={cx(styles.code, wrap && styles.wrap, className)}>
      {lines.slice(0, mostLines).map((line, index) => {
        const isMarked = marked?.(index) ?? false;
        return (
          <span
            key={index}
            ref={isMarked ? first : undefined}
            className={cx(styles.line, isMarked && styles.mark)}
          >
            <span className={styles.count}>{index + 1}</span>
            <span>
              {line.map((token, at) => (
                <span key={at} className={styles[token.kind]}>
                  {shorten(token.text)}
                </span>
              ))}
            </span>
          </span>
        );
      })}
      {lines.length > mostLines && (
        <span className={t('faint')}>{counted(lines.length - mostLines, 'more line', 'more lines')}</span>
      )}
    </pre>
  );
}
