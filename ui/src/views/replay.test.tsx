import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '@/test/axe';
import { fakeHost, problem } from '@/test/fake-host';
import { renderWindow } from '@/test/render';

const inputs = (host: ReturnType<typeof fakeHost>, command: string) =>
  host.calls.filter((call) => call.command === command).map(({ input }) => input);

async function open(host = fakeHost()) {
  renderWindow('/events', host);
  const grid = await screen.findByRole('grid', { name: /Events/ });
  await userEvent.click((await within(grid).findAllByRole('row'))[3] as HTMLElement);
  await userEvent.click(await screen.findByRole('button', { name: 'More' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: /Send once more or corrected/ }));
  return { host, dialog: await screen.findByRole('alertdialog') };
}

const correct = async (dialog: HTMLElement) => {
  await userEvent.click(within(dialog).getByRole('button', { name: 'Show and correct what is sent' }));
  return within(dialog).findByRole('textbox', { name: 'What is sent' });
};

describe('sending one record once more', () => {
  it('sends it as it was, and reveals nothing unasked', async () => {
    const { host, dialog } = await open();
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Keep as it is' }));
    expect(await within(dialog).findByText(/go to .+ once more, in a run of its own/)).toBeTruthy();
    expect(inputs(host, 'event')).not.toContainEqual(expect.objectContaining({ reveal: true }));
    expect(await violations()).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it once more' }));
    await waitFor(() => expect(inputs(host, 'replay')).toMatchObject([{ payload: null }]));
    expect(await screen.findByText('Sending 1 record again')).toBeTruthy();
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('sends it as it was where nothing was corrected', async () => {
    const { host, dialog } = await open();
    const field = await correct(dialog);
    expect(await violations()).toEqual([]);
    await userEvent.type(field, ' ');
    await userEvent.type(field, '{Backspace}');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it once more' }));
    await waitFor(() => expect(inputs(host, 'replay')).toMatchObject([{ payload: null }]));
  });

  it('sends what was corrected, and nothing that is no JSON object', async () => {
    const { host, dialog } = await open();
    const field = await correct(dialog);
    await userEvent.clear(field);
    await userEvent.click(field);
    await userEvent.paste('{"email": ');
    expect(within(dialog).getByText('Line 1: a value is missing here')).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Send it corrected' })).toHaveProperty(
      'disabled',
      true,
    );
    await userEvent.paste('"ana@example.com"}');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it corrected' }));
    await waitFor(() =>
      expect(inputs(host, 'replay')).toMatchObject([{ payload: '{"email": "ana@example.com"}' }]),
    );
  });

  it('says why it was not sent, and keeps what was written', async () => {
    const host = fakeHost();
    host.answer('replay', () => {
      throw problem({ message: 'It is about another record.' });
    });
    const { dialog } = await open(host);
    const field = await correct(dialog);
    await userEvent.clear(field);
    await userEvent.click(field);
    await userEvent.paste('{"email": "bea@example.com"}');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it corrected' }));
    expect((await within(dialog).findByRole('alert')).textContent).toMatch(/about another record/);
    expect(field).toHaveProperty('value', '{"email": "bea@example.com"}');
  });
});
