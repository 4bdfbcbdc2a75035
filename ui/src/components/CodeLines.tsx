import { memo, useMemo } from 'react';
import { cx } from './cx';
import styles from './CodeField.module.css';

/** A piece of code and the look it has: one of `key`, `string`, `number`, `word`, `punct`, `comment`. */
export interface CodePiece {
  text: string;
  look: 'key' | 'string' | 'number' | 'word' | 'punct' | 'comment' | null;
}

interface Shown extends CodePiece {
  marked: boolean;
  /** A list of completions stands below its beginning. */
  anchor: boolean;
}

/** More than this is shown in one colour: colours must not slow down typing. */
const longest = 50_000;

/** Cuts pieces at line breaks, at the ends of the mark and at the anchor. */
function linesOf(
  pieces: readonly CodePiece[],
  mark: { from: number; to: number } | null,
  anchor: number | null,
): Shown[][] {
  const lines: Shown[][] = [[]];
  let at = 0;
  const put = (text: string, look: CodePiece['look']) => {
    const marked = mark !== null && at >= mark.from && at < mark.to;
    if (text || at === anchor) lines.at(-1)?.push({ text, look, marked, anchor: at === anchor });
    at += text.length;
  };
  for (const { text, look } of pieces) {
    const cuts = [mark?.from, mark?.to, anchor]
      .filter((cut) => typeof cut === 'number' && cut > at && cut < at + text.length)
      .map((cut) => (cut ?? 0) - at)
      .sort((a, b) => a - b);
    let from = 0;
    for (const to of [...cuts, text.length]) {
      text
        .slice(from, to)
        .split('\n')
        .forEach((line, index) => {
          if (index > 0) {
            at += 1;
            lines.push([]);
          }
          if (line) put(line, look);
        });
      from = to;
    }
  }
  if (at === anchor) put('', null);
  return lines;
}

const Line = memo(
  ({ pieces }: { pieces: readonly Shown[] }) => (
    <div className={styles.line}>
      {pieces.map(({ text, look, marked, anchor }, index) => (
        <span
          key={index}
          className={cx(look && styles[look], marked && styles.mark)}
          {...(anchor ? { 'data-anchor': '' } : {})}
        >
          {text}
        </span>
      ))}
    </div>
  ),
  (before, after) =>
    before.pieces.length === after.pieces.length &&
    before.pieces.every((piece, index) => {
      const other = after.pieces[index];
      return (
        piece.text === other?.text &&
        piece.look === other.look &&
        piece.marked === other.marked &&
        piece.anchor === other.anchor
      );
    }),
);
Line.displayName = 'Line';

/** Code in its colours, line by line, for the eye alone: the text area below it is what is read out. */
export function CodeLines({
  text,
  paint,
  mark,
  anchor,
}: {
  text: string;
  paint: (text: string) => readonly CodePiece[];
  mark: { from: number; to: number } | null;
  anchor: number | null;
}) {
  const pieces = useMemo(() => (text.length > longest ? [{ text, look: null }] : paint(text)), [text, paint]);
  const lines = useMemo(() => linesOf(pieces, mark, anchor), [pieces, mark, anchor]);
  return (
    <div aria-hidden="true" className={styles.lines}>
      {lines.map((line, index) => (
        <Line key={index} pieces={line} />
      ))}
    </div>
  );
}
