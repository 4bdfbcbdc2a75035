import { text } from './text';

const words = text.json;
const token =
  /([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/uy;

/** What may stand at a place. */
type Wanted = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

/**
 * Where a text first is no JSON, and what is wrong there, in words of its own: what `JSON.parse` says differs between
 * engines, and some name no place. `null` where it is JSON.
 */
export function jsonFault(json: string): { line: number; what: string } | null {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  let at = 0;
  const fault = (what: string) => ({ line: json.slice(0, at).split('\n').length, what });
  const after = (): Wanted => (open.length > 0 ? 'commaOrEnd' : 'nothing');
  for (;;) {
    at += /^[ \t\r\n]*/.exec(json.slice(at))?.[0].length ?? 0;
    if (at >= json.length) return wanted === 'nothing' ? null : fault(ended(wanted, open.at(-1)));
    token.lastIndex = at;
    const [found, sign, name] = token.exec(json) ?? [];
    if (found === undefined) return fault(unread(json[at] ?? '', wanted));
    const closes = sign === (open.at(-1) === '{' ? '}' : ']');
    if (wanted === 'nothing') return fault(words.tooMuch(found));
    if (wanted === 'colon') {
      if (sign !== ':') return fault(words.noColon);
      wanted = 'value';
    } else if (closes && ['nameOrEnd', 'valueOrEnd', 'commaOrEnd'].includes(wanted)) {
      open.pop();
      wanted = after();
    } else if (wanted === 'commaOrEnd') {
      if (sign !== ',')
        return fault(sign === '}' || sign === ']' ? words.otherEnd(found) : words.noComma(found));
      wanted = open.at(-1) === '{' ? 'name' : 'value';
    } else if (wanted === 'name' || wanted === 'nameOrEnd') {
      if (name === undefined) return fault(closes ? words.comma : words.noName);
      wanted = 'colon';
    } else if (sign === '{' || sign === '[') {
      open.push(sign);
      wanted = sign === '{' ? 'nameOrEnd' : 'valueOrEnd';
    } else if (sign !== undefined) {
      return fault(closes && open.at(-1) === '[' ? words.comma : words.noValue);
    } else wanted = after();
    at += found.length;
  }
}

/** The text is over too early. */
const ended = (wanted: Wanted, open: '{' | '[' | undefined): string =>
  wanted === 'value' ? words.noValue : words.noEnd(open === '[' ? ']' : '}');

/** Something that can stand nowhere in JSON. */
function unread(sign: string, wanted: Wanted): string {
  if (sign === '"') return words.unclosed;
  if (wanted === 'name' || wanted === 'nameOrEnd') return words.noName;
  return wanted === 'value' || wanted === 'valueOrEnd' ? words.unquoted : words.noComma(sign);
}
