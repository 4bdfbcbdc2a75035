import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { count, counted } from '@/components/times';
import { shortPath } from '../paths';
import { type Entry, type GroupName, emptied } from './groups';
import { text } from './text';
import styles from './review.module.css';

/** Which fields would be emptied, in how many of the listed records, and the ways to look and to change it. */
export function Emptied({
  group,
  entries,
  total,
  only,
  onOnly,
  onRules,
}: {
  group: GroupName;
  /** The records listed of the group. */
  entries: readonly Entry[];
  /** All of them. */
  total: number;
  /** The list shows no others. */
  only: boolean;
  onOnly: (only: boolean) => void;
  onRules: () => void;
}) {
  const words = text.emptied;
  const found = entries.filter((entry) => emptied(entry).length > 0);
  if (found.length === 0) return null;
  const names = [...new Set(found.flatMap((entry) => emptied(entry).map(({ path }) => shortPath(path))))];
  const [fields, records] = [words.fields(names), counted(found.length, 'record', 'records')];
  const told = group === 'changed' ? words.changed(records, fields) : words.added(records, fields);
  return (
    <div className={styles.emptied}>
      <Banner
        tone={group === 'changed' ? 'warn' : 'info'}
        icon={group === 'changed' ? 'warning' : 'info'}
        action={
          <>
            <Button size="sm" onPress={() => onOnly(!only)}>
              {only ? words.showAll : words.show(count(found.length))}
            </Button>
            <Button size="sm" onPress={onRules}>
              {words.other}
            </Button>
          </>
        }
      >
        <b>
          {entries.length < total && words.ofFirst(count(entries.length))}
          {told}
        </b>{' '}
        {group === 'changed' ? words.changedWhy : words.addedWhy}
      </Banner>
    </div>
  );
}
