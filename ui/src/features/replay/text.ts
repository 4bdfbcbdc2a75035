export const text = {
  title: 'Send this record once more?',
  about: (place: string, when: string) =>
    `The values of ${when} go to ${place} once more, in a run of its own with this record alone. What has changed there since is overwritten.`,
  row: 'Where its row says something else, the next run sends the row again: correct it in the warehouse too.',
  place: (to: string | null | undefined, what: string) => (to ? `${to}, ${what}` : what),
  correct: 'Show and correct what is sent',
  reading: 'Reading what was sent',
  payload: 'What is sent',
  help: 'Shown unmasked. Values may be corrected; what the record is found by only where it never arrived.',
  notJson: 'This is no JSON object, such as {"email": "ana@example.com"}.',
  cancel: 'Keep as it is',
  again: 'Send it once more',
  corrected: 'Send it corrected',
  sending: 'Sending 1 record again',
  showRun: 'Show the run',
};
