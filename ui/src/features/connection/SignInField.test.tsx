import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionSignIn } from '@/api/bindings/ConnectionSignIn';
import { violations } from '@/test/axe';
import { type FakeHost, problem } from '@/test/fake-host';
import { catalogue } from '@/test/fake/catalogue';
import { renderWindow } from '@/test/render';

const page = 'https://login.example.com/authorize?state=1';
const plain = { example: '', secret: false, required: true, default: null, only_if: null };

/** A form of a kind one signs in to in the browser, and what the program is asked. */
async function form() {
  const { host } = renderWindow('/connections');
  const rest = catalogue.destinations[0];
  if (!rest) throw new Error('The catalogue has a destination.');
  const settings = [
    { ...plain, key: 'client', label: 'Consumer key', help: 'Of the app.', input: { type: 'text' as const } },
    {
      ...plain,
      key: 'token',
      label: 'Sign-in',
      help: 'Opens it.',
      secret: true,
      input: { type: 'sign_in' as const },
    },
  ];
  host.answer('catalogue', () => ({
    ...catalogue,
    destinations: [{ ...rest, id: 'crm', label: 'A CRM', settings }],
  }));
  await userEvent.click(await screen.findByRole('button', { name: /New connection/ }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'A CRM' }));
  return host;
}

/** The program waits for the browser, until the test says what came of it. */
function waiting(host: FakeHost) {
  const end = {
    signedIn: (_: Connection): void => undefined,
    refused: (_: unknown): void => undefined,
    asked: [] as ConnectionSignIn[],
  };
  host.answer('connection_sign_in', (input) => {
    end.asked.push(input);
    host.push({ type: 'sign_in', token: input.token, page });
    return new Promise<Connection>((resolve, reject) => {
      end.signedIn = resolve;
      end.refused = reject;
    });
  });
  return end;
}

describe('signing in in the browser', () => {
  it('asks for what is missing before a browser is opened', async () => {
    const host = await form();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in with the browser' }));
    expect(await screen.findByText('Enter: Consumer key.')).toBeTruthy();
    expect(host.calls.filter(({ command }) => command === 'connection_sign_in')).toEqual([]);
  });

  it('waits, gives the address to copy, and can be cancelled', async () => {
    const host = await form();
    const end = waiting(host);
    host.answer('connection_sign_in_cancel', () => null);
    await userEvent.type(screen.getByRole('textbox', { name: /Consumer key/ }), 'KEY');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in with the browser' }));
    expect(await screen.findByText('Waiting for your browser')).toBeTruthy();
    expect(await screen.findByRole('button', { name: 'Copy the address' })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByRole('button', { name: 'Sign in with the browser' })).toBeTruthy();
    const cancelled = host.calls.filter(({ command }) => command === 'connection_sign_in_cancel');
    expect(cancelled.map(({ input }) => input)).toEqual([end.asked[0]?.token]);
    expect(end.asked[0]?.draft).toMatchObject({ kind: 'crm', settings: { client: 'KEY' }, secrets: {} });
  });

  it('says why it did not work and lets one try again', async () => {
    const host = await form();
    const end = waiting(host);
    await userEvent.type(screen.getByRole('textbox', { name: /Consumer key/ }), 'KEY');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in with the browser' }));
    await screen.findByText('Waiting for your browser');
    end.refused(problem({ message: 'The CRM did not sign in: “denied”.' }));
    expect(await screen.findByText('The CRM did not sign in: “denied”.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Sign in with the browser' })).toBeTruthy();
  });
});
