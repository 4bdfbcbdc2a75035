/** Words of the first start. */
export const text = {
  title: 'Send rows from your warehouse to the tools your teams work in',
  about: 'See every change before it is sent, and every record as it goes.',
  sample: 'Try it with sample data',
  sampleAbout: '5,000 invented leads and a practice CRM on this computer. No account, no network.',
  sampleTime: '1 min',
  connect: 'Connect your warehouse',
  connectAbout: (kinds: string) => `${kinds}. A read-only login is enough.`,
  connectTime: '5 min',
  promises: [
    'Credentials stay in this computer’s keychain.',
    'Rows go straight from warehouse to tool. No server in between.',
    'Your tables are only read. Nothing is sent before you have seen it.',
  ],
  what: 'What happens, in three steps',
  one: 'Rows in the warehouse',
  two: 'You shape what is sent',
  three: 'You watch each record arrive',
  rows: '5,000 rows',
  changed: 'lead_score',
  fresh: 'new contact',
  invalid: 'the email is not valid',
};
