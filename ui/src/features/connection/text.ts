import { count } from '@/components/times';

/** Words of connections, their form and their test. */
export const text = {
  saved: 'Saved connections',
  fresh: 'New connection',
  without: 'Without an account',
  name: 'Name',
  nameHelp: 'How you will find it again',
  nameMissing: 'Give it a name, for example “Shop warehouse”.',
  nameTaken: 'Another connection has this name already.',
  paste: 'Paste a URL or a connection string',
  pasteHelp: 'Optional. Sluice fills what it finds; nothing is sent anywhere.',
  fromPaste: 'from paste',
  optional: 'optional',
  inKeychain: 'In keychain',
  fromEnvironment: 'From the environment',
  replaceSecret: (label: string) => `Replace: ${label}`,
  keepSecret: 'Keep the saved one',
  secretHelp: 'Goes to this computer’s keychain, not into a file',
  signIn: 'Sign in with the browser',
  signInAgain: 'Sign in again',
  signedIn: 'Signed in, in keychain',
  signInWaiting: 'Waiting for your browser',
  signInAddress: 'Copy the address',
  signInAddressCopied: 'Address copied. Open it in a browser on this computer',
  signInCancel: 'Cancel',
  signInMissing: 'Sign in with the browser. That saves the connection too.',
  required: (label: string, example: string) =>
    `Enter: ${label}${example ? `, for example ${example}` : ''}.`,
  notNumber: (example: string) => `Only digits, for example ${example || '5432'}.`,
  notUrl: (example: string) =>
    `Enter a whole address, for example ${example.startsWith('http') ? example : 'https://example.com'}.`,
  chooseFile: 'Choose a file…',
  documentHint: 'Paste it here, or drop the file',
  drop: (label: string) => `Drop a file: ${label}`,
  fileTooLarge: (name: string) => `${name} is too large to be a key or an account file. Choose another one.`,
  fileNotText: (name: string) => `${name} is not text. Choose the file in its text form (PEM or JSON).`,
  chooseFolder: 'Choose a folder…',
  filled: (labels: string[]) => `Filled ${listed(labels)}. Check them below.`,
  ignored: (parts: string[]) => `Not used: ${listed(parts)}.`,
  test: 'Connection test',
  testNotRun: 'Not run yet',
  testRunning: (step: number) => `Step ${count(step)}`,
  testPassed: 'Passed',
  testStopped: (step: number, of: number) => `Stopped at step ${count(step)} of ${count(of)}`,
  testNotBegun: 'Did not begin',
  testIntro: 'Named steps, each with its result and time. A failed step says why and what to do.',
  notReached: (step: number) => `Runs after step ${count(step)}`,
  needs: (kind: string) => `What you need for ${kind}`,
  needsOf: 'What you need',
  needsChoose: 'Choose something on the left, and it says here what you need for it.',
  needsNothing: 'Nothing: no account, no key and no network. It is on this computer already.',
  noLogin: 'No login yet?',
  noLoginText: (kind: string) =>
    `Send this to whoever looks after ${kind}. It makes a login that can read and nothing else.`,
  copyScript: 'Copy script',
  copyMessage: 'Copy as a message',
  message: (kind: string, script: string) =>
    `Hello, for Sluice I need a login to ${kind} that can only read. This script makes one; put your own names and a password in:\n\n${script}\n`,
  tested: (when: string) => `Tested ${when}`,
  neverTested: 'Never tested',
  here: 'On this computer',
  usedBy: (syncs: number) => (syncs === 0 ? 'No sync' : syncs === 1 ? '1 sync' : `${count(syncs)} syncs`),
};

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
