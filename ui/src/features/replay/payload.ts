import { jsonFault } from './json-fault';
import { text } from './text';

/** What keeps a text from being sent: every payload is a JSON object. */
export function faultOf(payload: string): string | undefined {
  if (payload.trim() === '') return text.notJson;
  const fault = jsonFault(payload);
  if (fault) return text.json.inLine(fault.line, fault.what);
  return payload.trimStart().startsWith('{') ? undefined : text.notJson;
}

/** The names of a payload's fields, at every depth. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(namesIn);
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner];
}

/** The names among these that a sentence says as words of their own. */
const saidIn = (sentence: string, names: readonly string[]): string[] =>
  names.filter((name) => {
    const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(^|[^\\p{L}\\p{N}_])${literal}($|[^\\p{L}\\p{N}_])`, 'iu').test(sentence);
  });

/** The fields of a payload that a reason names; those that it puts in quotation marks before others. */
export function fieldsNamed(reason: string, payload: string, labels: ReadonlyMap<string, string>): string[] {
  if (jsonFault(payload)) return [];
  const names = [...new Set(namesIn(JSON.parse(payload)))].filter((name) => name !== '');
  const quoted = names.filter((name) => reason.includes(`“${name}”`));
  if (quoted.length > 0) return quoted;
  return names.filter((name) => saidIn(reason, [name, labels.get(name) ?? name]).length > 0);
}
