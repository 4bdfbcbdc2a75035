/** How a kind of warehouse writes names, text and comments. */
export interface Dialect {
  /** The sign around a name that has to be quoted. */
  quote: '"' | '`';
  /** Signs around text, beside `'`. */
  alsoText: string;
  /** `\` in text hides the sign behind it. */
  escapes: boolean;
  /** `$$text$$`, `$tag$text$tag$`. */
  dollars: boolean;
  /** What begins a comment that ends with the line, beside `--`. */
  alsoComment: string | null;
  /** How a name without quotes is read. */
  folds: 'lower' | 'upper' | 'not';
  words: readonly string[];
}

const common =
  'all and any array as asc between by case cast coalesce count cross current current_date current_timestamp date ' +
  'desc distinct else end except exists extract false fetch filter first following from full group having in inner ' +
  'intersect interval is join last lateral left like limit max min natural not null nullif nulls offset on or order ' +
  'outer over partition preceding range recursive right row rows select some sum avg table then time timestamp trim ' +
  'true unbounded union using values when where window with';
const words = (more: string) => [...new Set(`${common} ${more}`.split(' '))].sort();

const postgres: Dialect = {
  quote: '"',
  alsoText: '',
  escapes: false,
  dollars: true,
  alsoComment: null,
  folds: 'lower',
  words: words('ilike similar date_trunc generate_series now ordinality tablesample to_char unnest'),
};
const dialects: Record<string, Dialect> = {
  postgres,
  redshift: {
    ...postgres,
    words: words(
      'approximate dateadd datediff date_trunc getdate ilike listagg nvl pivot qualify similar top unpivot',
    ),
  },
  snowflake: {
    ...postgres,
    escapes: true,
    alsoComment: '//',
    folds: 'upper',
    words: words(
      'dateadd datediff date_trunc flatten iff ilike listagg nvl pivot qualify rlike sample try_cast unpivot',
    ),
  },
  bigquery: {
    quote: '`',
    alsoText: '"',
    escapes: true,
    dollars: false,
    alsoComment: '#',
    folds: 'not',
    words: words(
      'date_add date_diff date_trunc ifnull pivot qualify safe_cast string_agg struct tablesample unnest unpivot',
    ),
  },
  sample: {
    ...postgres,
    dollars: false,
    folds: 'not',
    words: words('collate glob ifnull indexed materialized strftime total'),
  },
};

/** The dialect of a kind of warehouse; one that is not known here is read as PostgreSQL. */
export const dialectOf = (kind: string | null | undefined): Dialect =>
  (kind && Object.hasOwn(dialects, kind) ? dialects[kind] : undefined) ?? postgres;

export type PartKind = 'space' | 'comment' | 'word' | 'name' | 'quoted' | 'string' | 'number' | 'punct';

/** A piece of a statement. The pieces one behind another are the statement. */
export interface Part {
  kind: PartKind;
  from: number;
  text: string;
}

const letter = /[\p{L}_]/u;
const inName = /[\p{L}\p{N}_$]*/uy;
const number = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy;
const space = /\s+/y;
const tag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

const reach = (pattern: RegExp, sql: string, from: number): number => {
  pattern.lastIndex = from;
  return from + (pattern.exec(sql)?.[0].length ?? 0);
};
const behind = (sql: string, what: string, from: number): number => {
  const at = sql.indexOf(what, from);
  return at < 0 ? sql.length : at + what.length;
};

/** Behind the end of what begins with a quote at `from`; a doubled quote belongs to it. */
function endOfQuoted(sql: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from + quote.length; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') at += 1;
    else if (sql.startsWith(quote, at)) {
      if (quote.length > 1 || sql[at + 1] !== quote) return at + quote.length;
      at += 1;
    }
  }
  return sql.length;
}

function endOfComment(sql: string, from: number): number {
  let depth = 1;
  for (let at = from + 2; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (sql.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return sql.length;
}

function next(sql: string, from: number, dialect: Dialect): [PartKind, number] {
  const sign = sql.charAt(from);
  const line = () => {
    const end = sql.indexOf('\n', from);
    return end < 0 ? sql.length : end;
  };
  if (/\s/.test(sign)) return ['space', reach(space, sql, from)];
  if (sql.startsWith('--', from) || (dialect.alsoComment && sql.startsWith(dialect.alsoComment, from)))
    return ['comment', line()];
  if (sql.startsWith('/*', from)) return ['comment', endOfComment(sql, from)];
  if (sign === "'" || dialect.alsoText.includes(sign)) {
    const triple = dialect.alsoText && sql.startsWith(sign.repeat(3), from) ? sign.repeat(3) : sign;
    const e = dialect.dollars && /e/i.test(sql.charAt(from - 1));
    return ['string', endOfQuoted(sql, from, triple, dialect.escapes || e)];
  }
  if (sign === dialect.quote) return ['quoted', endOfQuoted(sql, from, sign, false)];
  if (sign === '$' && dialect.dollars) {
    const end = reach(tag, sql, from);
    if (end > from) return ['string', behind(sql, sql.slice(from, end), end)];
  }
  const digits = reach(number, sql, from);
  if (digits > from) return ['number', digits];
  if (letter.test(String.fromCodePoint(sql.codePointAt(from) ?? 0))) {
    const end = reach(inName, sql, from);
    return [dialect.words.includes(sql.slice(from, end).toLowerCase()) ? 'word' : 'name', end];
  }
  return ['punct', from + ((sql.codePointAt(from) ?? 0) > 0xffff ? 2 : 1)];
}

/** Takes a statement apart. What is not finished goes to the end. */
export function partsOf(sql: string, dialect: Dialect): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < sql.length;) {
    const [kind, end] = next(sql, at, dialect);
    parts.push({ kind, from: at, text: sql.slice(at, end) });
    at = end;
  }
  return parts;
}

/** Without spaces and comments. */
export const solid = (parts: readonly Part[]): Part[] =>
  parts.filter(({ kind }) => kind !== 'space' && kind !== 'comment');

/** The name a piece stands for: without its quotes. */
export const nameIn = ({ kind, text }: Part): string =>
  kind === 'quoted'
    ? text.replace(/^(["`])(.*?)\1?$/s, (_, sign: string, name: string) => name.replaceAll(sign + sign, sign))
    : text;

/** A name as it has to be written. */
export function written(name: string, dialect: Dialect): string {
  const plain =
    /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) &&
    !dialect.words.includes(name.toLowerCase()) &&
    (dialect.folds === 'not' ||
      name === (dialect.folds === 'lower' ? name.toLowerCase() : name.toUpperCase()));
  return plain
    ? name
    : dialect.quote + name.replaceAll(dialect.quote, dialect.quote.repeat(2)) + dialect.quote;
}
