import type { ErrorPage } from '@/api/bindings/ErrorPage';

/** Some of the program's pages of errors. */
export const errorPages: ErrorPage[] = [
  {
    code: 'SLU-2004',
    kind: 'sign_in_failed',
    title: 'The sign-in is refused',
    meaning: 'User, password or key was refused.',
    cause: 'User, password, key or token is mistyped, was changed on the other side, or is locked there.',
    safe: 'What waits is kept on this computer and goes out when the sign-in works.',
    hint: 'Enter the credentials again.',
    again: 'It is tried again after you acted.',
  },
  {
    code: 'SLU-2008',
    kind: 'rate_limited',
    title: 'The other side asks to slow down',
    meaning: 'The other side asks to slow down.',
    cause:
      'More requests came than it takes in a short time, from Sluice and everything else that uses the account.',
    safe: 'Nothing is lost; what waits is kept and goes out later.',
    hint: 'Leave Sluice open and it goes on by itself, or run the sync again later.',
    again:
      'What was to be sent is tried again by itself, with growing pauses; a read is made anew by the next run.',
  },
  {
    code: 'SLU-3006',
    kind: 'record_rejected',
    title: 'The record is refused',
    meaning: 'The destination refused a record.',
    cause: 'A value is not as the destination takes it; the message has its own words.',
    safe: 'The record is kept with its reason and sent again on the next run.',
    hint: 'Correct the value or the mapping.',
    again: 'It is tried again after you acted.',
  },
];
