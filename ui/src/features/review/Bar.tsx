import type { ReactNode } from 'react';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { t } from '@/components/text';
import { text } from './text';
import styles from './review.module.css';

/** Above a list of records: the search, filters, how many there are, and that values are masked. */
export function Bar({
  search,
  onSearch,
  found,
  about,
  filter,
  action,
}: {
  search: string;
  onSearch: (search: string) => void;
  /** How many the search finds. */
  found: string;
  /** How many of all are listed. */
  about: string | false;
  filter?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.bar}>
      <SearchField
        label={text.search}
        value={search}
        onChange={onSearch}
        className={styles.search}
        count={found}
      />
      {filter}
      {about && <span className={t('sm', 'faint')}>{about}</span>}
      <span className={styles.masked}>
        <Icon name="eyeoff" size={14} />
        {text.masked}
      </span>
      {action}
    </div>
  );
}
