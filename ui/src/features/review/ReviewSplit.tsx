import type { Plan } from '@/api/bindings/Plan';
import type { Review } from '@/api/bindings/Review';
import { SplitPane } from '@/components/SplitPane';
import { Tabs } from '@/components/Tabs';
import { BeforeAfter } from './BeforeAfter';
import { FieldSide } from './FieldSide';
import { FieldsReport } from './FieldsReport';
import { ReviewRecords } from './ReviewRecords';
import { RunNeeds } from './RunNeeds';
import { reviewText as words } from './review-text';
import { type LookTab, useLook } from './use-look';

/** Every compared record, and every field over all of them; one of either beside the list. */
export function ReviewSplit({
  review,
  plan,
  label,
  onRules,
}: {
  review: Review;
  plan: Plan;
  /** The side panel's name. */
  label: string;
  onRules: () => void;
}) {
  const look = useLook(review, plan);
  const { tab, entry, reported } = look;
  const side =
    tab === 'fields' ? (
      reported && (
        <FieldSide
          field={reported}
          last={review.records_last}
          onRecords={() => look.showField(reported.path)}
        />
      )
    ) : entry ? (
      <BeforeAfter entry={entry} now={review.reads} onPrevious={look.onPrevious} onNext={look.onNext} />
    ) : null;
  return (
    <SplitPane
      id="held"
      label={label}
      size={424}
      open={look.open}
      onClose={look.close}
      side={
        <>
          {side}
          <RunNeeds plan={plan} review={review} />
        </>
      }
    >
      <Tabs
        label={words.tabsLabel}
        value={tab}
        onChange={(id) => look.setTab(id as LookTab)}
        items={[
          {
            id: 'records',
            label: words.tabs.records,
            content: <ReviewRecords review={review} plan={plan} look={look} onRules={onRules} />,
          },
          {
            id: 'fields',
            label: words.tabs.fields,
            count: review.fields.length,
            content: (
              <FieldsReport
                review={review}
                selected={reported?.path ?? null}
                onSelect={look.report}
                onRecords={look.showField}
              />
            ),
          },
        ]}
      />
    </SplitPane>
  );
}
