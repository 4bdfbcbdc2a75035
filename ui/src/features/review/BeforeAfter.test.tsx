import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FieldChange } from '@/api/bindings/FieldChange';
import { BeforeAfter } from './BeforeAfter';
import { emptied } from './groups';

const field = (path: string, left_alone: boolean): FieldChange => ({
  path,
  before: '"Sweden"',
  after: 'null',
  changed: true,
  left_alone,
});

const entry = (fields: FieldChange[]) => ({
  id: 'a',
  key: 'L-1',
  fields,
  becomes: null,
  row: null,
  problem: null,
});

test.each(['added', 'changed'] as const)('a field left alone is told of a record that is %s', (group) => {
  const one = entry([field('country', true), field('city', false)]);
  render(<BeforeAfter entry={one} group={group} now={false} onPrevious={undefined} onNext={undefined} />);
  const told = (name: RegExp) => screen.getByRole('row', { name }).textContent;
  expect(told(/^country/)).toContain('left alone: it has a value there');
  expect(told(/^city/)).toContain('null');
  expect(told(/^city/)).not.toContain('left alone');
});

test('what is left alone is not counted as emptied', () => {
  const fields = [field('country', true), field('city', false)];
  expect(emptied(entry(fields)).map(({ path }) => path)).toEqual(['city']);
});

test('what is in the destination already is compared with what stands there', () => {
  const one = { ...entry([field('city', false)]), becomes: 'update' as const };
  render(<BeforeAfter entry={one} group="added" now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByRole('columnheader', { name: 'There now' })).toBeTruthy();
  expect(screen.getByRole('row', { name: /^city/ }).textContent).toContain('Sweden');
});

test('what would change nothing says so', () => {
  const one = { ...entry([{ ...field('city', false), changed: false }]), becomes: 'same' as const };
  render(<BeforeAfter entry={one} group="changed" now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByText(/sending it changes nothing/)).toBeTruthy();
});
