import { useId, useState } from 'react';
import type { FieldChange } from '@/api/bindings/FieldChange';
import type { PersonEntry } from '@/api/bindings/PersonEntry';
import { LinkButton } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { Value } from '@/components/Value';
import { shortPath } from '../paths';
import { arrived, changesOf } from './history';
import { text } from './text';
import styles from './time-line.module.css';

const most = 8;
const long = 160;
const isLong = ({ before, after }: FieldChange): boolean =>
  (before?.length ?? 0) > long || (after?.length ?? 0) > long;

/** The fields of an entry: what changed of what arrived, and on demand every field that was sent. */
export function Changes({ entry }: { entry: PersonEntry }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const went = arrived(entry.event);
  const changes = went ? changesOf(entry.fields) : [];
  const short = changes.slice(0, most);
  const shown = open ? entry.fields : short;
  const more = entry.fields.length > short.length || short.some((field) => isLong(field));
  const from = entry.read_before && entry.to !== null ? text.stood(entry.to) : text.lastTime;
  // Of a record that is new there is nothing to say about before.
  const told = entry.read_before || entry.fields.some(({ before }) => before !== null);
  const unfold = !went
    ? text.wasToGo(entry.fields.length)
    : entry.fields.length === 1
      ? text.oneField
      : text.allFields(entry.fields.length);
  return (
    <>
      {went && changes.length === 0 && entry.event.change !== 'removed' && entry.fields.length > 0 && (
        <p className={t('sm', 'faint')}>{text.noChange}</p>
      )}
      {shown.length > 0 && (
        <table id={id} className={cx(styles.changes, open && styles.whole)}>
          <caption className={t('hidden')}>{from}</caption>
          <thead className={t('hidden')}>
            <tr>
              <th scope="col">{text.columns.field}</th>
              <th scope="col">{text.columns.before}</th>
              <th scope="col">{text.columns.after}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((field) => (
              <FieldRow key={field.path} field={field} went={went} />
            ))}
          </tbody>
        </table>
      )}
      {open && went && told && <p className={t('sm', 'faint')}>{from}</p>}
      {more && (
        <p className={styles.unfold}>
          <LinkButton aria-expanded={open} onPress={() => setOpen(!open)}>
            {open ? text.less : unfold} <Icon name={open ? 'up' : 'down'} size={12} />
          </LinkButton>
        </p>
      )}
    </>
  );
}

function FieldRow({ field, went }: { field: FieldChange; went: boolean }) {
  const changed = changesOf([field]).length > 0;
  const struck = went && changed && field.before !== null && field.before !== 'null';
  return (
    <tr className={cx(!changed && styles.same)}>
      <th scope="row">
        <bdi>{shortPath(field.path)}</bdi>
      </th>
      <td>
        <div className={styles.clamp}>
          {struck ? (
            <s>
              <Value json={field.before} />
            </s>
          ) : (
            <Value json={field.before} />
          )}
        </div>
      </td>
      <td>
        <div className={styles.after}>
          {changed && <Icon name="arrowRight" size={12} className={cx(styles.arrow)} />}
          <div className={styles.clamp}>
            <After field={field} changed={changed} went={went} />
          </div>
        </div>
      </td>
    </tr>
  );
}

function After({ field, changed, went }: { field: FieldChange; changed: boolean; went: boolean }) {
  if (field.left_alone) return text.leftAlone;
  if (!changed) return text.same;
  if (!went) return <Value json={field.after} />;
  return (
    <b>
      <Value json={field.after} />
    </b>
  );
}
