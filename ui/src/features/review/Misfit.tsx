import type { ReviewMisfit } from '@/api/bindings/ReviewMisfit';
import { readable } from '@/components/json-text';
import { reviewText } from './review-text';

const words = reviewText.report;

/** In how many records a field would not be taken, why, and an example. */
export function Misfit({ misfit: { kind, records, example } }: { misfit: ReviewMisfit }) {
  return (
    <>
      {words.misfit(kind, records)}
      {example !== null && (
        <>
          , {words.such} “<bdi>{readable(example)}</bdi>”
        </>
      )}
    </>
  );
}
