import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeHost } from './fake-host';
import { renderWindow } from './render';

/** The way through the wizard's steps, by what one sees of them. */
export const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name });
export const on = '{Control>}{Enter}{/Control}';

export async function toTable(host = fakeHost()) {
  const view = renderWindow('/new', host);
  const user = userEvent.setup();
  await heading('Where are the rows?');
  // A schema for snapshots is written to, where one is granted: the promise is about the tables.
  await screen.findByText('Your tables are only read.');
  await user.click(await screen.findByRole('radio', { name: /Kestrel production/ }));
  await user.keyboard(on);
  await heading('Which rows?');
  return { ...view, user };
}

export async function toPayload(host = fakeHost()) {
  const view = await toTable(host);
  await view.user.click(await screen.findByText('lead_scores'));
  await screen.findByText(/No duplicates and no nulls/);
  await view.user.keyboard(on);
  await heading('Shape the payload');
  await screen.findByRole('region', { name: 'Payload of one row' });
  return view;
}

export async function toDestination(host = fakeHost()) {
  const view = await toPayload(host);
  await view.user.click(screen.getByRole('radio', { name: 'Record' }));
  await view.user.keyboard(on);
  await heading('When should it run?');
  await view.user.keyboard(on);
  await heading('Where should it go?');
  return view;
}
