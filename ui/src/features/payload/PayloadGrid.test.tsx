import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { leadScores } from '@/test/fake/source';
import { PayloadGrid } from './PayloadGrid';
import { shaping } from './edits';
import { noPayload, withColumns } from './model';

function Grid() {
  const [state, setState] = useState(shaping(withColumns(noPayload, leadScores.columns)));
  return (
    <PayloadGrid
      state={state}
      columns={leadScores.columns}
      title={(column) => column}
      identifiers={{}}
      search=""
      problems={{}}
      selected={null}
      onSelect={() => undefined}
      onChange={setState}
    />
  );
}

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
