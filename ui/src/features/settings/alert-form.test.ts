import { describe, expect, it } from 'vitest';
import type { Alert } from '@/api/bindings/Alert';
import { type AlertForm, blank, encrypted, formOf, saveOf, wrongIn } from './alert-form';

const hook: AlertForm = { ...blank, name: 'Operations', secret: 'https://example.com/hooks/s3cret' };
const mail: AlertForm = {
  ...blank,
  name: 'On call',
  kind: 'email',
  host: 'smtp.example.com',
  from: 'Sluice <sluice@example.com>',
  to: 'ana@example.com, bo@example.com',
};

describe('the form of an alert', () => {
  it('is ready with a name and an address, or a mail server and mailboxes', () => {
    expect(wrongIn(hook, false)).toEqual({});
    expect(wrongIn(mail, false)).toEqual({});
    expect(wrongIn({ ...hook, secret: '' }, true)).toEqual({});
  });

  it('says of each field what is wrong with it', () => {
    const fields = (form: AlertForm, kept = false) => Object.keys(wrongIn(form, kept));
    expect(fields({ ...hook, name: ' ' })).toEqual(['name']);
    expect(fields({ ...hook, secret: '' })).toEqual(['secret']);
    expect(fields({ ...hook, secret: 'example.com' })).toEqual(['secret']);
    expect(fields({ ...hook, syncs: [] })).toEqual(['syncs']);
    expect(fields({ ...hook, rejected: '-1', percent: '0', hours: 'a day' })).toEqual([
      'rejected',
      'percent',
      'hours',
    ]);
    expect(fields({ ...hook, failed: false, held: false })).toEqual(['failed']);
    expect(fields({ ...hook, failed: false, held: false, hours: '24' })).toEqual([]);
    expect(fields({ ...mail, host: '', port: '70000', from: 'nobody', to: 'ana@example.com, bo' })).toEqual([
      'host',
      'port',
      'from',
      'to',
    ]);
    expect(fields({ ...mail, user: 'ops' })).toEqual(['secret']);
    expect(fields({ ...mail, user: 'ops' }, true)).toEqual([]);
    expect(fields({ ...mail, security: 'none' })).toEqual(['security']);
    expect(fields({ ...mail, security: 'none', allowPrivate: true })).toEqual([]);
  });

  it('keeps what the keychain has when no secret is typed, and empty numbers are not told', () => {
    const save = saveOf({ ...hook, secret: '', rejected: '0' });
    expect(save.secret).toBeNull();
    expect(save.rules).toEqual({
      failed: true,
      held: true,
      rejected: 0,
      rejected_percent: null,
      silent_hours: null,
    });
    expect(save.settings).toEqual({ allow_private: 'no' });
  });

  it('comes back as it was saved, but for its secret', () => {
    const saved = saveOf({ ...mail, user: 'ops', secret: 'hunter2', hours: '26' });
    const alert: Alert = { ...saved, id: 'one', secret: { state: 'saved' }, problem: null, waiting: 0 };
    expect(formOf(alert)).toEqual({ ...mail, id: 'one', user: 'ops', hours: '26' });
  });

  it('takes the port of another encryption unless another was typed', () => {
    expect(encrypted(mail, 'starttls').port).toBe('587');
    expect(encrypted({ ...mail, port: '2525' }, 'starttls').port).toBe('2525');
  });
});
