import { useState } from 'react';
import type { Plan } from '@/api/bindings/Plan';
import type { Review } from '@/api/bindings/Review';
import { asProblem, call } from '@/api/client';
import { Button } from '@/components/Button';
import { FilterChip } from '@/components/FilterChip';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { count } from '@/components/times';
import { useTyped } from '@/components/use-typed';
import { Waiting } from '@/components/Waiting';
import { ExportDialog } from '../ExportDialog';
import { shortPath } from '../paths';
import { Bar } from './Bar';
import { Blanked } from './Blanked';
import { EntryGrid } from './EntryGrid';
import { ReviewTiles } from './ReviewTiles';
import { reviewText as words } from './review-text';
import { text } from './text';
import type { Look } from './use-look';
import styles from './review.module.css';

/** The compared records of a group, of a field, or with a value, as many as there are. */
export function ReviewRecords({
  review,
  plan,
  look,
  onRules,
}: {
  review: Review;
  plan: Plan;
  look: Look;
  /** Where one says what becomes of nulls. */
  onRules: () => void;
}) {
  const [exporting, setExporting] = useState(false);
  const [typed, setTyped] = useTyped(look.search, look.setSearch);
  const { group, field, entries, found, total } = look;
  const invalid = group === 'invalid';
  const more = !invalid && found.hasNextPage;
  const shown = count(entries.length);
  const about = more || (total !== null && entries.length < total);
  const label = group === 'all' ? words.all : invalid ? words.invalid : text.outcomes[group];
  const options = review.fields.map(({ path, changed }) => ({
    value: path,
    label: shortPath(path),
    detail: count(changed),
  }));
  return (
    <>
      <ReviewTiles review={review} plan={plan} value={group} onChange={look.setGroup} />
      <Bar
        search={typed}
        onSearch={setTyped}
        found={more ? `${shown}+` : shown}
        about={
          about
            ? total === null
              ? words.first(shown)
              : text.firstOf(shown, count(total))
            : entries.length > 0 && text.all(shown)
        }
        filter={
          !invalid &&
          options.length > 0 && (
            <FilterChip
              label={words.field}
              words={field === null ? words.anyField : shortPath(field)}
              options={options}
              chosen={field === null ? [] : [field]}
              onChange={([path]) => look.setField(path ?? null)}
              active={field !== null}
              removeLabel={words.noField}
              onRemove={() => look.setField(null)}
            />
          )
        }
        action={
          <Button
            size="sm"
            icon="export"
            isDisabled={invalid || entries.length === 0}
            onPress={() => setExporting(true)}
          >
            {words.export}
          </Button>
        }
      />
      {!invalid && found.error ? (
        <div className={styles.problem}>
          <ProblemBox problem={asProblem(found.error)} />
        </div>
      ) : !invalid && found.isPending ? (
        <Waiting label={words.reading} />
      ) : (
        <EntryGrid
          label={label}
          what={invalid || group === 'fail' ? text.whyHead : group === 'update' ? text.changes : text.change}
          mixed={group === 'all'}
          rows={entries}
          {...(total === null ? {} : { total })}
          selected={look.entry?.id ?? null}
          onSelect={look.choose}
          onEnd={() => {
            if (more && !found.isFetching) void found.fetchNextPage();
          }}
          empty={
            <p className={t('soft')}>
              {look.search ? text.noMatch(look.search) : field === null ? words.nothing : words.noMatch}
            </p>
          }
        />
      )}
      <Blanked review={review} onLook={() => look.setTab('fields')} onRules={onRules} />
      {exporting && (
        <ExportDialog
          title={words.exportDialog.title}
          about={words.exportDialog.about(total)}
          file="sluice-review"
          write={(target) => call('review_export', { run: review.run, filter: look.filter, ...target })}
          written={words.exportDialog.written}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}
