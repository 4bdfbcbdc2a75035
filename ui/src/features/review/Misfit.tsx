import type { ReviewMisfit } from '@/api/bindings/ReviewMisfit';
import { readable } from '@/components/json-text';
import { reviewText } from './review-text';

const words = reviewText.report;

/** A value that a field would not take; nothing where no value would be taken. */
export function Such({ misfit: { kind, example } }: { misfit: ReviewMisfit }) {
  if (example === null || kind === 'no_field') return null;
  return (
    <>
      {words.such} “<bdi>{readable(example)}</bdi>”
    </>
  );
}

/** In how many records a field would not be taken, why, and an example. */
export function Misfit({ misfit }: { misfit: ReviewMisfit }) {
  return (
    <>
      {words.misfit(misfit.kind, misfit.records)} <Such misfit={misfit} />
    </>
  );
}
