import type { Connection } from '@/api/bindings/Connection';
import type { ConnectionDraft } from '@/api/bindings/ConnectionDraft';
import type { Kind } from '@/api/bindings/Kind';
import type { Setting } from '@/api/bindings/Setting';
import { text } from './text';

/** A connection's form as it is being filled. Secrets are kept apart, so that a draft can be stored without them. */
export interface ConnectionForm {
  kind: string;
  name: string;
  /** The saved connection it changes, if any. */
  existing: string | null;
  settings: Record<string, string>;
  /** Keys filled from a paste and not touched since. */
  filled: string[];
}

export type Secrets = Record<string, string>;

/** An empty form for a kind, with the manifest's defaults and a name nobody has yet. */
export function newForm(kind: Kind, taken: readonly string[]): ConnectionForm {
  let name = kind.label;
  for (let number = 2; taken.includes(name); number += 1) name = `${kind.label} ${String(number)}`;
  const settings = Object.fromEntries(
    kind.settings.flatMap((item) => (item.default === null || item.secret ? [] : [[item.key, item.default]])),
  );
  return { kind: kind.id, name, existing: null, settings, filled: [] };
}

/** The form of a saved connection. */
export const savedForm = (connection: Connection): ConnectionForm => ({
  kind: connection.kind,
  name: connection.name,
  existing: connection.name,
  settings: { ...connection.settings },
  filled: [],
});

/** The settings to show: one that depends on another is there only while that has a fitting value. */
export const shownSettings = (kind: Kind, form: ConnectionForm): Setting[] =>
  kind.settings.filter(
    ({ only_if }) => !only_if || only_if.values.includes(form.settings[only_if.key] ?? ''),
  );

/** A secret that the connection needs, as it signs in now, is not there. */
export const lacksSecret = (kind: Kind, connection: Connection): boolean =>
  shownSettings(kind, savedForm(connection)).some(
    ({ key, secret, required }) => secret && required && connection.secrets[key]?.state === 'missing',
  );

/** An address of the web with more than its beginning. */
function isAddress(value: string): boolean {
  try {
    return /^https?:\/\/[^/?#:]/.test(value) && new URL(value).hostname !== '';
  } catch {
    return false;
  }
}

/** What is wrong with each field, by its key; the name's under `name`. */
export function formErrors(
  kind: Kind,
  form: ConnectionForm,
  secrets: Secrets,
  saved: Connection | undefined,
  taken: readonly string[],
): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!form.name.trim()) errors['name'] = text.nameMissing;
  else if (
    taken.some((name) => name !== form.existing && name.toLowerCase() === form.name.trim().toLowerCase())
  )
    errors['name'] = text.nameTaken;
  for (const setting of shownSettings(kind, form)) {
    const value = (setting.secret ? secrets[setting.key] : form.settings[setting.key])?.trim() ?? '';
    const kept =
      setting.secret &&
      ['saved', 'environment', 'unknown'].includes(saved?.secrets[setting.key]?.state ?? '');
    if (!value && setting.required && !kept)
      errors[setting.key] =
        setting.input.type === 'sign_in' ? text.signInMissing : text.required(setting.label, setting.example);
    else if (value && setting.input.type === 'number' && !/^\d+$/.test(value))
      errors[setting.key] = text.notNumber(setting.example);
    else if (value && setting.input.type === 'url' && !isAddress(value))
      errors[setting.key] = text.notUrl(setting.example);
  }
  return errors;
}

/** What goes to the program. Settings that are not shown are left out. */
export function toDraft(kind: Kind, form: ConnectionForm, secrets: Secrets): ConnectionDraft {
  const shown = shownSettings(kind, form);
  const entries = (secret: boolean, from: Record<string, string>) =>
    Object.fromEntries(
      shown
        .filter((item) => item.secret === secret)
        .flatMap(({ key }) => (from[key]?.trim() ? [[key, from[key].trim()]] : [])),
    );
  return {
    name: form.name.trim(),
    kind: form.kind,
    settings: entries(false, form.settings),
    secrets: entries(true, secrets),
  };
}
