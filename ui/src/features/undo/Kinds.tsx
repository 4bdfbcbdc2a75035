import { type ReactNode, useState } from 'react';
import type { UndoLook } from '@/api/bindings/UndoLook';
import { Button } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import { Select } from '@/components/Select';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { LeftAlone } from './LeftAlone';
import { text } from './text';
import styles from './undo.module.css';

/** Reasons that are told beside the number. */
const REASONS = 4;

/** How many records of each kind, what is done with them, and what the user decides about those the run created. */
export function Kinds({
  look,
  deletes,
  onDeletes,
}: {
  look: UndoLook;
  deletes: boolean;
  onDeletes: (deletes: boolean) => void;
}) {
  const [shown, setShown] = useState(false);
  const left = look.records.filter(
    ({ will, fields }) => will === 'leave_alone' || fields.some((f) => f.left_alone),
  );
  const { delete: made, leaveAlone } = text;
  return (
    <ul className={styles.kinds}>
      {look.put_back > 0 && (
        <Kind
          icon="undo"
          tone="ok"
          n={look.put_back}
          lead={text.putBack.lead(look.put_back)}
          rest={` ${text.putBack.rest}`}
          note={text.putBack.note(look.values, look.fields)}
        />
      )}
      {look.create_again > 0 && <Kind icon="plus" tone="ok" n={look.create_again} {...text.createAgain} />}
      {look.delete > 0 && (
        <Kind
          icon="trash"
          tone={deletes ? 'bad' : 'soft'}
          n={look.delete}
          lead={made.lead}
          rest={deletes ? made.rest.yes : made.rest.no}
          note={made.note}
        >
          <Select
            label={made.choice}
            hideLabel
            value={deletes ? 'delete' : 'keep'}
            onChange={(value) => onDeletes(value === 'delete')}
            options={[
              { value: 'keep', label: made.keep },
              { value: 'delete', label: made.go },
            ]}
          />
        </Kind>
      )}
      {look.leave_alone > 0 && (
        <Kind
          icon="shield"
          tone="soft"
          n={look.leave_alone}
          lead={leaveAlone.lead}
          rest={leaveAlone.rest}
          note={leaveAlone.note}
          more={<Reasons look={look} />}
        >
          {left.length > 0 && (
            <Button
              look="quiet"
              icon={shown ? 'up' : 'down'}
              aria-expanded={shown}
              onPress={() => setShown(!shown)}
            >
              {shown ? leaveAlone.hide : leaveAlone.show(look.leave_alone)}
            </Button>
          )}
        </Kind>
      )}
      {shown && (
        <li className={styles.table}>
          <LeftAlone records={left} all={look.leave_alone} />
        </li>
      )}
      {look.nothing > 0 && <Kind icon="same" tone="soft" n={look.nothing} {...text.nothing} />}
    </ul>
  );
}

/** Why records are left alone, with how many each reason holds for. */
function Reasons({ look }: { look: UndoLook }) {
  const told = look.reasons.slice(0, REASONS);
  const others = look.leave_alone - told.reduce((sum, { records }) => sum + records, 0);
  const { leaveAlone } = text;
  return (
    <ul aria-label={leaveAlone.reasons} className={styles.reasons}>
      {told.map(({ reason, records }) => (
        <li key={reason} dir="auto">
          {leaveAlone.why(records, reason)}
        </li>
      ))}
      {others > 0 && <li>{leaveAlone.others(others)}</li>}
    </ul>
  );
}

function Kind({
  icon,
  tone,
  n,
  lead,
  rest,
  note,
  more,
  children,
}: {
  icon: IconName;
  tone: 'ok' | 'bad' | 'soft';
  n: number;
  lead: string;
  rest: string;
  note: string;
  more?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className={styles.kind}>
      <Icon name={icon} size={16} className={t(tone)} />
      <b className={styles.number}>{count(n)}</b>
      <div className={t('grow')}>
        <b className={styles.lead}>{lead}</b>
        {rest}
        <span className={cx(styles.note)}>{note}</span>
        {more}
      </div>
      {children}
    </li>
  );
}
