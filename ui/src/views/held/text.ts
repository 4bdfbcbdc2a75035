/** Words of a held run. */
export const text = {
  title: 'Held for review',
  back: 'Back',
  drop: 'Drop',
  doNotSend: 'Do not send',
  send: (records: string) => `Send ${records}`,
  looking: 'Looking whether anything has changed…',
  withoutLooking: 'Send without looking',
  exact:
    'Sending sends exactly what is listed here; what has changed in the source since goes with the next run.',
  none: 'No run of this sync is held any more.',
  open: 'Open the sync',
  record: 'The record',
  reading: 'Reading what the run would do',
  nothing: (name: string) => `${name} has nothing to send: everything is as it was delivered`,
};
