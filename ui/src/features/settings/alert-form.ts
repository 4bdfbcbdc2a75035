import type { Alert } from '@/api/bindings/Alert';
import type { AlertKind } from '@/api/bindings/AlertKind';
import type { AlertSave } from '@/api/bindings/AlertSave';
import { alertText as text } from './alert-text';

export type Security = 'tls' | 'starttls' | 'none';

/** An alert as its form has it: numbers as they are typed. */
export interface AlertForm {
  id: string | null;
  name: string;
  kind: AlertKind;
  secret: string;
  host: string;
  port: string;
  security: Security;
  user: string;
  from: string;
  to: string;
  allowPrivate: boolean;
  syncs: string[] | null;
  failed: boolean;
  held: boolean;
  rejected: string;
  percent: string;
  hours: string;
}

/** Ports that go with an encryption, as RFC 8314 has them. */
const ports: Record<Security, string> = { tls: '465', starttls: '587', none: '25' };

export const blank: AlertForm = {
  id: null,
  name: '',
  kind: 'webhook',
  secret: '',
  host: '',
  port: ports.tls,
  security: 'tls',
  user: '',
  from: '',
  to: '',
  allowPrivate: false,
  syncs: null,
  failed: true,
  held: true,
  rejected: '',
  percent: '',
  hours: '',
};

const typed = (number: number | null) => (number === null ? '' : String(number));

export function formOf({ id, name, kind, settings, syncs, rules }: Alert): AlertForm {
  const security = settings['security'];
  return {
    id,
    name,
    kind,
    secret: '',
    host: settings['host'] ?? '',
    port: settings['port'] ?? ports.tls,
    security: security === 'starttls' || security === 'none' ? security : 'tls',
    user: settings['user'] ?? '',
    from: settings['from'] ?? '',
    to: settings['to'] ?? '',
    allowPrivate: settings['allow_private'] === 'yes',
    syncs,
    failed: rules.failed,
    held: rules.held,
    rejected: typed(rules.rejected),
    percent: typed(rules.rejected_percent),
    hours: typed(rules.silent_hours),
  };
}

/** Another encryption; a port that went with the one before goes along. */
export const encrypted = (form: AlertForm, security: Security): AlertForm => ({
  ...form,
  security,
  port: form.port === ports[form.security] ? ports[security] : form.port,
});

const number = (typed: string) => (typed.trim() === '' ? null : Number(typed));

export function saveOf(form: AlertForm): AlertSave {
  const { id, name, kind, host, port, security, user, from, to } = form;
  const mail = kind === 'email' ? { host, port, security, user, from, to } : {};
  return {
    id,
    name: name.trim(),
    kind,
    settings: { ...mail, allow_private: form.allowPrivate ? 'yes' : 'no' },
    secret: form.secret || null,
    syncs: form.syncs,
    rules: {
      failed: form.failed,
      held: form.held,
      rejected: number(form.rejected),
      rejected_percent: number(form.percent),
      silent_hours: number(form.hours),
    },
  };
}

export type Wrong = Partial<Record<keyof AlertForm, string>>;

const isBetween = (typed: string, least: number, most: number) =>
  typed.trim() === '' || (/^\d+$/.test(typed.trim()) && Number(typed) >= least && Number(typed) <= most);

const isMailbox = (typed: string) => /^[^@]*[^@\s]@[^@\s]+$/.test(typed.trim());

/** What keeps the form from being saved, by field. `kept`: the secret is known already. */
export function wrongIn(form: AlertForm, kept: boolean): Wrong {
  const wrong: Wrong = {};
  const words = text.wrong;
  if (!form.name.trim()) wrong.name = words.name;
  if (form.kind === 'email') {
    if (!form.host.trim()) wrong.host = words.host;
    if (!form.port.trim() || !isBetween(form.port, 1, 65_535)) wrong.port = words.port;
    if (!isMailbox(form.from)) wrong.from = words.mailbox;
    if (!form.to.split(',').every(isMailbox)) wrong.to = words.mailbox;
    if (form.user.trim() && !form.secret && !kept) wrong.secret = words.password;
    if (form.security === 'none' && !form.allowPrivate) wrong.security = words.plain;
  } else if (form.secret ? !/^https?:\/\/\S+$/.test(form.secret.trim()) : !kept) {
    wrong.secret = words.address;
  }
  if (form.syncs?.length === 0) wrong.syncs = words.syncs;
  if (!isBetween(form.rejected, 0, 1_000_000_000)) wrong.rejected = words.number;
  if (!isBetween(form.percent, 1, 100)) wrong.percent = words.percent;
  if (!isBetween(form.hours, 1, 8_760)) wrong.hours = words.hours;
  const hears = form.failed || form.held || form.rejected.trim() || form.percent.trim() || form.hours.trim();
  if (!hears) wrong.failed = words.nothing;
  return wrong;
}
