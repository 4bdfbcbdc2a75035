import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { leadScores } from '@/test/fake/source';
import { useSelection } from '@/components/use-selection';
import { violations } from '@/test/axe';
import { PayloadBar } from './PayloadBar';
import { PayloadGrid } from './PayloadGrid';
import { shaping } from './edits';
import { type Line, noPayload, withColumns } from './model';

const idOf = ({ id }: Line) => id;

function Grid({ search = '' }: { search?: string }) {
  const [state, setState] = useState(shaping(withColumns(noPayload, leadScores.columns)));
  const [selected, setSelected] = useState<string | null>(null);
  const selection = useSelection(idOf);
  return (
    <>
      <PayloadBar
        state={state}
        identifiers={{}}
        columns={leadScores.columns.map(({ name }) => name)}
        chosen={selection.chosen}
        onClear={selection.clear}
        search={search}
        onSearch={() => undefined}
        onChange={setState}
      />
      <PayloadGrid
        state={state}
        columns={leadScores.columns}
        title={(column) => column}
        identifiers={{}}
        search={search}
        problems={{}}
        selected={selected}
        onSelect={setSelected}
        selection={selection}
        onChange={setState}
      />
    </>
  );
}

/** The names of the columns whose rows are chosen, in the order they stand in. */
const chosen = () =>
  screen.queryAllByRole('row', { selected: true }).map((row) => row.querySelector('[title]')?.textContent);
const sent = (column: string) => (screen.getByLabelText(`Send ${column}`) as HTMLInputElement).checked;
const name = (column: string) => screen.getAllByText(column)[0] as HTMLElement;
const names = leadScores.columns.map(({ name }) => name);
const [first = '', second = '', third = '', fourth = ''] = names;

afterEach(() => vi.unstubAllGlobals());

test('who already edits the next key keeps the focus when the last one is done', async () => {
  const frames: FrameRequestCallback[] = [];
  const user = userEvent.setup();
  render(<Grid />);
  await user.click(screen.getByRole('button', { name: 'Key of company in the payload: company' }));
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  await user.keyboard('{Control>}a{/Control}firm{Enter}');
  await user.click(screen.getByRole('button', { name: 'Key of phone in the payload: phone' }));
  await user.keyboard('{Control>}a{/Control}tele');
  // The window draws late, as a busy one does.
  act(() => frames.splice(0).forEach((frame) => frame(0)));
  await user.keyboard('phone{Enter}');
  screen.getByRole('button', { name: 'Key of phone in the payload: telephone' });
  act(() => frames.splice(0).forEach((frame) => frame(0)));
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Key of phone in the payload: telephone');
});

test('F2 renames the row that has the focus, also after its row went elsewhere', async () => {
  const user = userEvent.setup();
  render(<Grid />);
  const tick = () => screen.getByLabelText('Send phone');
  tick().focus();
  await user.keyboard(' ');
  tick().focus();
  await user.keyboard(' ');
  tick().focus();
  await user.keyboard('{F2}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Key of phone in the payload');
});

test('Shift with the arrows chooses rows, and what is done to them is one step', async () => {
  const user = userEvent.setup();
  const { container } = render(<Grid />);
  screen.getByLabelText(`Send ${first}`).focus();
  await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
  expect(chosen()).toEqual([first, second, third]);
  expect(screen.getByRole('grid').getAttribute('aria-multiselectable')).toBe('true');
  expect(screen.getByRole('status').textContent).toBe('3 rows chosen');
  expect(await violations(container)).toEqual([]);
  await user.keyboard(' ');
  expect([first, second, third, fourth].map(sent)).toEqual([false, false, false, true]);
  await user.click(screen.getByRole('button', { name: /^Undo: Leave out 3/ }));
  expect([first, second, third].map(sent)).toEqual([true, true, true]);
  expect(screen.getByRole('button', { name: 'Nothing to undo' })).toBeTruthy();
});

test('Shift with a click chooses up to there, and ticks nothing on the way', async () => {
  const user = userEvent.setup();
  render(<Grid />);
  await user.click(name(second));
  await user.keyboard('{Shift>}');
  await user.click(screen.getByLabelText(`Send ${fourth}`));
  await user.keyboard('{/Shift}');
  expect(chosen()).toEqual([second, third, fourth]);
  expect(sent(fourth)).toBe(true);
  await user.keyboard('{Control>}');
  await user.click(name(third));
  await user.keyboard('{/Control}');
  expect(chosen()).toEqual([second, fourth]);
  await user.click(screen.getByRole('button', { name: 'Leave out: 2 rows chosen' }));
  expect([second, third, fourth].map(sent)).toEqual([false, true, false]);
  await user.click(name(third));
  expect(chosen()).toEqual([third]);
  expect(screen.queryByRole('button', { name: /rows chosen/ })).toBeNull();
});

test('Shift and Space choose one row more, Escape none, and Ctrl and A all that the search shows', async () => {
  const user = userEvent.setup();
  const view = render(<Grid />);
  screen.getByLabelText(`Send ${first}`).focus();
  await user.keyboard('{Shift>} {/Shift}');
  expect(screen.getByRole('status').textContent).toBe('1 row chosen');
  await user.keyboard('{ArrowDown}{ArrowDown}{Shift>} {/Shift}');
  expect(chosen()).toEqual([first, third]);
  expect([first, second, third].map(sent)).toEqual([true, true, true]);
  await user.keyboard('{ArrowUp} ');
  expect([first, second, third].map(sent)).toEqual([true, false, true]);
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('button', { name: /rows chosen/ })).toBeNull();
  view.rerender(<Grid search="phone" />);
  const matching = names.filter((column) => column.includes('phone'));
  screen.getByLabelText('Send phone').focus();
  await user.keyboard('{Control>}a{/Control}');
  expect(chosen()).toEqual(matching);
});

test('what the search shows is masked together', async () => {
  const user = userEvent.setup();
  render(<Grid search="address" />);
  const matching = names.filter((name) => name.includes('address')).length;
  const how = `How sent: ${String(matching)} matching`;
  await user.click(screen.getByRole('button', { name: how }));
  await user.click(screen.getByRole('menuitem', { name: 'Masked' }));
  expect(screen.getByRole('button', { name: /^Undo: .*matching “address”: masked/ })).toBeTruthy();
});
