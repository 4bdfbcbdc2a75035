/** One piece of a line of JSON. */
export interface JsonToken {
  kind: 'key' | 'string' | 'number' | 'word' | 'punct' | 'space';
  text: string;
}

const pieces = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

const kindOf = (text: string): JsonToken['kind'] =>
  text.startsWith('"') ? 'string' : /^[-\d]/.test(text) ? 'number' : 'word';

/**
 * Lays JSON out one value a line, with two spaces of indent. It works on the text itself and never on
 * parsed values, so that long numbers and escapes stay exactly as they are sent.
 */
export function jsonLines(json: string): JsonToken[][] {
  const parts = json.match(pieces) ?? [];
  const lines: JsonToken[][] = [];
  let line: JsonToken[] = [];
  let depth = 0;
  const push = () => {
    if (line.length > 0) lines.push(line);
    line = [];
  };
  const add = (kind: JsonToken['kind'], text: string) => {
    if (line.length === 0 && depth > 0) line.push({ kind: 'space', text: '  '.repeat(depth) });
    line.push({ kind, text });
  };
  parts.forEach((part, at) => {
    const next = parts[at + 1];
    const before = parts[at - 1];
    if (part === '{' || part === '[') {
      add('punct', part);
      if (next !== '}' && next !== ']') push();
      depth += 1;
    } else if (part === '}' || part === ']') {
      if (before !== '{' && before !== '[') push();
      depth -= 1;
      add('punct', part);
    } else if (part === ',') {
      add('punct', part);
      push();
    } else if (part === ':') {
      add('punct', ': ');
    } else {
      add(next === ':' ? 'key' : kindOf(part), part);
    }
  });
  push();
  return lines;
}
