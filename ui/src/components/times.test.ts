import { expect, test } from 'vitest';
import { byteSize } from './times';

test('sizes are in powers of 1,000', () => {
  const sizes = [391, 2000, 11_400_000, 1_240_000_000, 1_099_511_627_776].map(byteSize);
  expect(sizes).toEqual(['391 bytes', '2.0 kB', '11.4 MB', '1.2 GB', '1.1 TB']);
});
