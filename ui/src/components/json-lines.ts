/** One piece of a line of JSON. */
export interface JsonToken {
  kind: 'key' | 'string' | 'number' | 'word' | 'punct' | 'space';
  text: string;
}

/** One line of JSON laid out for reading, with the path of the value that stands on it. */
export interface JsonLine {
  tokens: JsonToken[];
  /** `traits.company.name`, `tags[0]`; empty for the outermost value and closing brackets. */
  path: string;
}

const pieces = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

interface Level {
  array: boolean;
  prefix: string;
  index: number;
}

const child = (level: Level | undefined, key: string): string => {
  if (!level) return '';
  if (level.array) return `${level.prefix}[${String(level.index)}]`;
  return level.prefix ? `${level.prefix}.${key}` : key;
};

const kindOf = (text: string): JsonToken['kind'] =>
  text.startsWith('"') ? 'string' : /^[-\d]/.test(text) ? 'number' : 'word';

/**
 * Lays JSON out one value a line. It works on the text itself and never on parsed values,
 * so that long numbers and escapes stay exactly as they are sent.
 */
export function jsonLines(json: string): JsonLine[] {
  const parts = json.match(pieces) ?? [];
  const lines: JsonLine[] = [];
  const levels: Level[] = [];
  let line: JsonLine = { tokens: [], path: '' };
  let key = '';
  const push = () => {
    if (line.tokens.length > 0) lines.push(line);
    line = { tokens: [], path: '' };
  };
  const indent = () => {
    if (line.tokens.length === 0 && levels.length > 0)
      line.tokens.push({ kind: 'space', text: '  '.repeat(levels.length) });
  };
  const add = (kind: JsonToken['kind'], text: string) => {
    indent();
    line.tokens.push({ kind, text });
  };
  parts.forEach((part, at) => {
    const level = levels.at(-1);
    if (part === '{' || part === '[') {
      const path = child(level, key);
      add('punct', part);
      line.path = path;
      if (parts[at + 1] === '}' || parts[at + 1] === ']') {
        levels.push({ array: part === '[', prefix: path, index: 0 });
        return;
      }
      push();
      levels.push({ array: part === '[', prefix: path, index: 0 });
    } else if (part === '}' || part === ']') {
      const empty = parts[at - 1] === '{' || parts[at - 1] === '[';
      if (!empty) push();
      levels.pop();
      add('punct', part);
    } else if (part === ',') {
      add('punct', part);
      push();
      if (level) level.index += 1;
    } else if (part === ':') {
      add('punct', ': ');
    } else if (parts[at + 1] === ':') {
      key = part.slice(1, -1);
      add('key', part);
      line.path = child(level, key);
    } else {
      line.path = child(level, key);
      add(kindOf(part), part);
    }
  });
  push();
  return lines;
}
