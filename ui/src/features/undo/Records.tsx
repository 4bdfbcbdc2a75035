import { useState } from 'react';
import type { FieldUndo } from '@/api/bindings/FieldUndo';
import type { UndoRecord } from '@/api/bindings/UndoRecord';
import { asProblem } from '@/api/client';
import { LinkButton } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { Table } from '@/components/Panel';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { Waiting } from '@/components/Waiting';
import { text } from './text';
import { total, writes } from './look';
import { useSettled } from './use-settled';
import { useUndoLook } from './use-undo';
import { Value } from '@/components/Value';
import styles from './undo.module.css';

/** Records that are listed; the others are searched for. */
const LISTED = 30;
/** Fields of a record that are shown at once; with the line that leads to the others a row has three lines. */
const FIELDS = 2;
const words = text.records;

/** Record by record what an undo does, and which ones it is for. */
export function Records({
  run,
  events,
  of,
  deletes,
  picked,
  onPick,
}: {
  run: number;
  events: readonly string[];
  /** How many of all records are undone. */
  of: { undone: number; all: number };
  deletes: boolean;
  /** Events of the records that alone are undone; none for all. */
  picked: readonly string[];
  onPick: (picked: readonly string[]) => void;
}) {
  const [typed, setTyped] = useState('');
  const search = useSettled(typed.trim());
  const look = useUndoLook(run, events, search);
  const records = (look.data?.records ?? []).slice(0, LISTED);
  const { columns } = words;
  const one = events.length === 1;
  const pick = (event: string, on: boolean) =>
    onPick(on ? [...picked, event] : picked.filter((one) => one !== event));
  return (
    <section aria-label={words.title} className={styles.records}>
      <div className={styles.recordsHead}>
        <h3 className={styles.lead}>{words.title}</h3>
        {!one && (
          <>
            <span className={t('sm', 'soft', 'grow')} role="status">
              {picked.length > 0 ? words.picked(picked.length) : words.undone(of.undone, of.all)}
            </span>
            <SearchField label={words.search} value={typed} onChange={setTyped} size="xs" />
          </>
        )}
      </div>
      {look.error ? (
        <ProblemBox problem={asProblem(look.error)} />
      ) : !look.data ? (
        <Waiting label={words.looking} rows={2} />
      ) : records.length === 0 ? (
        <p className={styles.more}>{words.none}</p>
      ) : (
        <div className={styles.table}>
          <Table
            label={words.title}
            look="dense"
            counts
            head={
              <tr>
                {!one && (
                  <th>
                    <span className={t('hidden')}>{columns.only}</span>
                  </th>
                )}
                <th>{columns.key}</th>
                <th>{columns.who}</th>
                <th>{columns.will}</th>
                <th data-grow="">{columns.values}</th>
              </tr>
            }
          >
            {records.map((record) => (
              <Row
                key={record.event}
                record={record}
                deletes={deletes}
                picked={picked.includes(record.event)}
                onPick={one ? undefined : (on) => pick(record.event, on)}
              />
            ))}
          </Table>
          {total(look.data) > records.length && (
            <p className={styles.more}>{words.more(total(look.data) - records.length)}</p>
          )}
        </div>
      )}
    </section>
  );
}

function Row({
  record,
  deletes,
  picked,
  onPick,
}: {
  record: UndoRecord;
  deletes: boolean;
  picked: boolean;
  /** Without it, it is the only one. */
  onPick: ((on: boolean) => void) | undefined;
}) {
  const { key, who, will, fields, reason } = record;
  // What a deleted record had is not told field by field, and nothing becomes of one that is left alone.
  const goesBack = will === 'put_back' || will === 'create_again';
  return (
    <tr>
      {onPick && (
        <td>{writes(will) && <Checkbox checked={picked} onChange={onPick} name={words.only(key)} />}</td>
      )}
      <td className={t('data')} dir="auto">
        {key}
      </td>
      <td className={styles.who} dir="auto">
        {who ?? '–'}
      </td>
      <td className={t('soft')}>{will === 'delete' && !deletes ? words.kept : words.wills[will]}</td>
      <td className={styles.values}>
        {reason !== null && <p className={t('soft')}>{reason}</p>}
        <Changes fields={goesBack ? fields.filter(({ left_alone }) => !left_alone) : []} />
      </td>
    </tr>
  );
}

/** Fields that get another value: a few, the rest when asked for. */
function Changes({ fields }: { fields: readonly FieldUndo[] }) {
  const [long, setLong] = useState(false);
  const shown = long ? fields : fields.slice(0, FIELDS);
  const more = fields.length - FIELDS;
  return (
    <>
      {shown.map((field) => (
        <p key={field.name} className={styles.change}>
          <bdi className={t('soft')}>{field.name}</bdi>{' '}
          <s className={t('soft')}>
            <Value json={field.now} />
          </s>{' '}
          <Icon name="arrowRight" size={12} />{' '}
          <b>
            <Value json={field.then} />
          </b>
        </p>
      ))}
      {more > 0 && (
        <LinkButton aria-expanded={long} onPress={() => setLong(!long)}>
          {long ? words.short : words.long(more)}
        </LinkButton>
      )}
    </>
  );
}
