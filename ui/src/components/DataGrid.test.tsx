import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { violations } from '@/test/axe';
import { DataGrid } from './DataGrid';

interface Row {
  id: string;
  head?: boolean;
}
const rows: Row[] = [
  { id: 'group', head: true },
  ...Array.from({ length: 5000 }, (_, index) => ({ id: `row ${String(index)}` })),
];

function Example() {
  return (
    <DataGrid
      label="Rows"
      rows={rows}
      rowKey={({ id }) => id}
      fullRow={({ head }) => head && 'A group'}
      columns={[
        { id: 'name', head: 'Name', width: 'grow', cell: ({ id }) => id },
        {
          id: 'act',
          head: 'Act',
          width: 80,
          cell: ({ id }) => <button tabIndex={-1} data-cell-focus="">{`Act on ${id}`}</button>,
        },
      ]}
    />
  );
}

test('tells how many rows there are and renders only those in sight', () => {
  render(<Example />);
  const grid = screen.getByRole('grid', { name: 'Rows' });
  expect(grid.getAttribute('aria-rowcount')).toBe('5002');
  const rendered = within(grid).getAllByRole('row').length;
  expect(rendered).toBeGreaterThan(20);
  expect(rendered).toBeLessThan(60);
});

test('is one tab stop; arrows move inside, pass over heads of groups and go into controls', async () => {
  render(<Example />);
  const user = userEvent.setup();
  await user.tab();
  expect(document.activeElement?.textContent).toBe('row 0');
  await user.keyboard('{ArrowDown}{ArrowRight}');
  expect(document.activeElement?.textContent).toBe('Act on row 1');
  await user.keyboard('{ArrowUp}{ArrowUp}');
  expect(document.activeElement?.textContent).toBe('Act on row 0');
  await user.tab();
  expect(document.activeElement).toBe(document.body);
});

test('has nothing axe would refuse', async () => {
  const { container } = render(<Example />);
  expect(await violations(container)).toEqual([]);
});
