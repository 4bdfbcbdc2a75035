import type { ReviewMisfit } from '@/api/bindings/ReviewMisfit';
import { readable } from '@/components/json-text';
import { reviewText } from './review-text';

const words = reviewText.report;

/** A value that a field would not take. */
export function Such({ example }: { example: string }) {
  return (
    <>
      {words.such} “<bdi>{readable(example)}</bdi>”
    </>
  );
}

/** In how many records a field would not be taken, why, and an example. */
export function Misfit({ misfit: { kind, records, example } }: { misfit: ReviewMisfit }) {
  return (
    <>
      {words.misfit(kind, records)}
      {example !== null && (
        <>
          , <Such example={example} />
        </>
      )}
    </>
  );
}
