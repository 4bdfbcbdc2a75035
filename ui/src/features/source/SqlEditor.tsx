import { useCallback, useRef } from 'react';
import type { Problem } from '@/api/bindings/Problem';
import { Button } from '@/components/Button';
import { CodeField } from '@/components/CodeField';
import type { CodePiece } from '@/components/CodeLines';
import { completionAt } from './sql-complete';
import { nearestTo } from './sql-missing';
import { type PartKind, dialectOf, partsOf, written } from './sql-parts';
import { placeOf } from './sql-place';
import { isPressed } from '@/components/shortcut';
import { useLeft } from '@/components/use-left';
import { inSql } from '../shortcuts';
import { sqlProblem } from './choice';
import { text } from './text';
import { useKnown } from './use-known';
import styles from './source.module.css';

const looks: Record<PartKind, CodePiece['look']> = {
  space: null,
  comment: 'comment',
  word: 'word',
  name: null,
  quoted: 'key',
  string: 'string',
  number: 'number',
  punct: 'punct',
};

/** A name without the quotes it may stand in. */
const nameAt = (text: string) => text.replace(/^["`]|["`]$/g, '');

interface Props {
  sql: string;
  /** The statement as last read. */
  readSql: string | null;
  connection: string | null;
  /** The kind of warehouse: it decides how SQL is written. */
  kind: string | null;
  /** What came of reading it, where that failed. */
  problem: Problem | null;
  busy: boolean;
  onChange: (sql: string) => void;
  onRead: () => void;
}

/** One SELECT; it is read when the user says so, not on every key. */
export function SqlEditor({ sql, readSql, connection, kind, problem, busy, onChange, onRead }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const dialect = dialectOf(kind);
  const known = useKnown(connection, sql, dialect);
  const paint = useCallback(
    (code: string) => partsOf(code, dialect).map((part) => ({ text: part.text, look: looks[part.kind] })),
    [dialect],
  );
  const complete = useCallback(
    (code: string, caret: number, asked: boolean) => completionAt(code, caret, asked, known, dialect),
    [known, dialect],
  );
  // Places are of the statement that was read. Once it is edited they are no more.
  const place =
    problem && readSql !== null && sql.trim() === readSql
      ? placeOf(problem, readSql, kind ?? '', dialect)
      : null;
  const lead = sql.length - sql.trimStart().length;
  const mark = place && { from: place.from + lead, to: place.to + lead };
  const show = () => {
    if (!mark || !field.current) return;
    field.current.focus();
    field.current.setSelectionRange(mark.from, mark.to);
  };
  const near =
    mark && place.missing ? nearestTo(nameAt(sql.slice(mark.from, mark.to)), sql, known, dialect) : null;
  const { leave, told } = useLeft<'sql'>();
  return (
    <div className={styles.sql}>
      <CodeField
        label={text.sql}
        value={sql}
        onChange={onChange}
        paint={paint}
        complete={complete}
        completions={text.completions}
        mark={mark}
        help={text.sqlHelp}
        error={
          place ? (
            <>
              <span>{text.place(place.line, place.column)}</span>
              <Button look="quiet" size="sm" onPress={show}>
                {text.showPlace}
              </Button>
              {mark && near && (
                <Button
                  size="sm"
                  onPress={() => {
                    onChange(sql.slice(0, mark.from) + written(near, dialect) + sql.slice(mark.to));
                    field.current?.focus();
                  }}
                >
                  {text.write(near)}
                </Button>
              )}
            </>
          ) : (
            told('sql', sqlProblem(sql))
          )
        }
        placeholder={text.sqlExample}
        onBlur={() => leave('sql')}
        fieldRef={field}
        onKeyDown={(event) => {
          if (!isPressed(event, inSql.read)) return;
          event.preventDefault();
          if (sql.trim() && !busy) onRead();
        }}
      />
      <Button icon="play" keys={inSql.read.keys} busy={busy} isDisabled={!sql.trim()} onPress={onRead}>
        {text.read}
      </Button>
    </div>
  );
}
