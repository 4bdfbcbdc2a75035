import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FieldChange } from '@/api/bindings/FieldChange';
import { BeforeAfter } from './BeforeAfter';
import { type Entry, emptied } from './groups';

const field = (path: string, left_alone: boolean): FieldChange => ({
  path,
  before: '"Sweden"',
  after: 'null',
  changed: true,
  left_alone,
});

const entry = (fields: FieldChange[]): Entry => ({
  id: 'a',
  key: 'L-1',
  change: 'changed',
  fields,
  record: null,
  becomes: null,
  refused: [],
  row: null,
  problem: null,
});

test.each(['added', 'changed'] as const)('a field left alone is told of a record that is %s', (change) => {
  const one = { ...entry([field('country', true), field('city', false)]), change };
  render(<BeforeAfter entry={one} now={false} onPrevious={undefined} onNext={undefined} />);
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
  render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByRole('columnheader', { name: 'There now' })).toBeTruthy();
  expect(screen.getByRole('row', { name: /^city/ }).textContent).toContain('Sweden');
});

test('what would change nothing says so', () => {
  const one = { ...entry([{ ...field('city', false), changed: false }]), becomes: 'same' as const };
  render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByText(/sending it changes nothing/)).toBeTruthy();
});

test('what would be refused says why, field by field', () => {
  const one = {
    ...entry([field('city', false)]),
    becomes: 'fail' as const,
    refused: ['“city” is too long.'],
  };
  render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByRole('list', { name: 'Why it would fail' }).textContent).toContain(
    '“city” is too long.',
  );
});

test('what is not there, and was delivered before, is created', () => {
  const one = { ...entry([field('city', false)]), becomes: 'create' as const };
  render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByText('Not in the destination yet')).toBeTruthy();
  expect(screen.queryByRole('columnheader', { name: 'There now' })).toBeNull();
});

test('what goes out comes first, in the mapping’s order', () => {
  const fields = [
    { ...field('email', false), changed: false },
    field('country', true),
    field('city', false),
    field('company', false),
  ];
  const one = { ...entry(fields), becomes: 'update' as const };
  render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  const names = screen.getAllByRole('rowheader').map(({ textContent }) => textContent);
  expect(names).toEqual(['city', 'company', 'email', 'country']);
});

test('nothing is struck out where nothing stood', () => {
  const one = { ...entry([{ ...field('origin', false), before: 'null', after: '"spring"' }]) };
  const { container } = render(<BeforeAfter entry={one} now onPrevious={undefined} onNext={undefined} />);
  expect(screen.getByRole('row', { name: /^origin/ }).textContent).toContain('empty');
  expect(container.querySelector('s')).toBeNull();
});
