import { glyphPaths, iconPaths } from './icon-paths';
import { cx } from './cx';
import styles from './Icon.module.css';

export type IconName = keyof typeof iconPaths;
export type GlyphName = keyof typeof glyphPaths;

/** A sign of 12, 14 or 16 px in the colour of the text around it. Always beside a word or inside a named control. */
export function Icon({
  name,
  size = 16,
  className,
}: {
  name: IconName;
  size?: 12 | 14 | 16;
  className?: string | undefined;
}) {
  return (
    <svg
      className={cx(styles.icon, styles[`s${size}`], className)}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {iconPaths[name]}
    </svg>
  );
}

/** The 20 px sign of a kind of connection; a kind without its own sign gets a plain one. */
export function Glyph({ kind, className }: { kind: string; className?: string | undefined }) {
  const known = kind in glyphPaths ? (kind as GlyphName) : undefined;
  if (!known) {
    return (
      <svg className={cx(styles.glyph, className)} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {iconPaths[kind === 'file' ? 'file' : kind === 'practice' ? 'flask' : 'connection']}
      </svg>
    );
  }
  return (
    <svg className={cx(styles.glyph, className)} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {glyphPaths[known]}
    </svg>
  );
}

/** The product's mark. */
export function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <rect className={styles.markGround} width="20" height="20" rx="4.5" />
      <path d="M5 4v7M15 4v7M5 5.2h10" strokeWidth="1.6" />
      <path d="M7.6 8h4.8" strokeWidth="1.6" />
      <path d="M3.5 14.6c1.1-1 2.2-1 3.25 0s2.15 1 3.25 0 2.15-1 3.25 0 2.15 1 3.25 0" strokeWidth="1.6" />
    </svg>
  );
}
