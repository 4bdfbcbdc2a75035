import { expect, it } from 'vitest';
import { firstTarget, noTarget } from './target';
import { practiceObjects } from '@/test/fake/catalogue';

it('begins with a match field that a row can fill, not with the id the destination gives', () => {
  const [contacts] = practiceObjects;
  if (!contacts) throw new Error('The practice CRM has objects.');
  const [email] = contacts.fields;
  if (!email) throw new Error('A contact has fields.');
  const id = { ...email, name: 'id', label: 'Record ID', writable: false };
  const object = { ...contacts, fields: [id, ...contacts.fields] };
  expect(firstTarget([object], noTarget, '').matchField).toBe('email');
  expect(firstTarget([object], { ...noTarget, matchField: 'id' }, '').matchField).toBe('id');
});
