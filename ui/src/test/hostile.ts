import type { FakeHost } from './fake-host';

/** What markup in a text would leave in the page, if anything took it for markup. */
export const mark = 'data-hostile';
const run = 'window.hostileRan=1';

const tags =
  'img svg iframe video audio body input object embed math style link meta base form details marquee';
const events = 'onerror onload onclick onfocus onmouseover onanimationstart ontoggle onbegin';
const markup = [
  ...tags.split(' ').map((tag) => `<${tag} ${mark} src=x href=x onload="${run}" onerror="${run}">`),
  ...events.split(' ').map((event) => `<b ${mark} ${event}="${run}" autofocus tabindex=1>x</b>`),
  ...[
    '"',
    "'",
    '`',
    '">',
    "'>",
    '-->',
    ']]>',
    '</textarea>',
    '</title>',
    '</style>',
    '</script>',
    '</svg>',
  ].map((end) => `${end}<script ${mark}>${run}</script>`),
  ...['javascript:', 'JaVaScRiPt:', 'java\tscript:', 'data:text/html,', 'vbscript:', '\u0001javascript:'].map(
    (scheme) => `${scheme}${run}`,
  ),
  ...['{{', '${', '<%=', '#{', '[[', '*{'].map((open) => `${open}constructor.constructor('${run}')()}}`),
  `<ScRiPt ${mark}>${run}</sCrIpT>`,
  `&lt;script ${mark}&gt;${run}&lt;/script&gt;`,
  `<a ${mark} href="javascript:${run}">x</a>`,
  `<style ${mark}>*{display:none}</style>`,
  'expression(alert(1))',
  '&amp;&#60;&#x3c;\\u003c\\x3c',
];

const controls = Array.from(
  { length: 32 },
  (_, code) => `control ${String(code)}:${String.fromCharCode(code)}:`,
);
const turning = [
  ...[
    '\u202a',
    '\u202b',
    '\u202d',
    '\u202e',
    '\u2066',
    '\u2067',
    '\u2068',
    '\u061c',
    '\u200e',
    '\u200f',
  ].flatMap((sign) => [`turned ${sign}gpj.exe`, `${sign}never closed`, `${sign.repeat(130)}deep`]),
  '\u2069\u202cclosed but never opened',
  ...[
    'مبيعات القاهرة',
    'ציוני לידים',
    'امتیاز مشتری',
    'گاہک',
    'ܫܠܡܐ',
    'ތާނަ',
    'مبيعات (2026) – v1.2',
    'שלום, world',
    'abc العربية 123',
  ],
];
const unseen = [
  ...[
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u3164',
    '\u180e',
    '\u2800',
  ].flatMap((sign) => [sign, `be${sign}tween`]),
  ...['\u00a0', '\u2003', '\u2028', '\u2029', '\u0085', '\t', '\r\n', '\u3000'].map((space) => `a${space}b`),
  ...['\ufffe', '\uffff', '\ufffd', '\ufdd0', '\u{1fffe}', '\u{e0001}\u{e0041}'].map(
    (none) => `none ${none}`,
  ),
];
const stacked = [
  ...[1, 8, 64, 512].map((n) => `e${'\u0301'.repeat(n)}`),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  '각'.normalize('NFD'),
  'ﷺ﷽',
  'ǅ ß ı İ ŉ ﬁ',
  'නිශ්ශබ්ද ภาษาไทย བོད་ཡིག',
  '𝕊𝕝𝕦𝕚𝕔𝕖 𝔉𝔯𝔞𝔨𝔱𝔲𝔯',
  '👩‍👩‍👧‍👦👨🏿‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿🇺🇳',
  ...[10, 100, 1000].map((n) => '👩‍🚀'.repeat(n)),
  '🏳️‍🌈\ufe0e\ufe0f\u20e3',
  '\ud800',
  '\udfff',
  'lone \ud83d here',
  '\udc00\ud800',
];
const names =
  '__proto__ constructor prototype hasOwnProperty toString valueOf toJSON isPrototypeOf __defineGetter__ __lookupSetter__ then length name arguments caller key ref children dangerouslySetInnerHTML undefined null true false NaN Infinity -0 0 00 1e309 0x1F 9007199254740993 nil None CON NUL COM1 all $$typeof default await';
const paths = [
  ...[
    '../'.repeat(12) + 'etc/passwd',
    '..\\..\\windows\\system32',
    'C:\\CON\\CON',
    '\\\\server\\share',
    '//x',
    '/',
    '\\',
  ],
  ...[
    'file:///etc/passwd',
    'https://user:pw@example.com:99999/?#',
    '%2e%2e%2f',
    '%',
    '%00',
    '%E0%A4%A',
    '%25%32%66',
    'a/b',
    'a%2Fb',
  ],
  ...[
    '.',
    '..',
    '?a=b&c=d',
    '#x',
    '&',
    '+',
    'a;b',
    '~',
    '.hidden',
    ' ',
    '   leading',
    'trailing   ',
    '…',
    'a:b',
    'sync:x',
  ],
];
const formats = [
  ...[
    '%s%s%s%n',
    '%n%x%p',
    '{0}{1}',
    '{name}',
    '${HOME}',
    '$(id)',
    '`id`',
    '; rm -rf /',
    '| cat',
    '&& true',
    '%PATH%',
    '!x!',
  ],
  ...['$&', "$'", '$`', '$1', '$$', '\\0', '\\u0000', '(a+)+$', '[', '*', '(?', '^', '.*', '/x/'],
  ...['=1+1', '+1', '-1', '@SUM(A1)', "=cmd|'/c calc'!A1", '|', '\t=1', '"', "'", '""', "''", '`', ',', ';'],
];
const data = [
  ...[
    '{}',
    '[]',
    '{"a":1}',
    '{"__proto__":{"x":1}}',
    '[1,',
    '{"a"',
    '"\\ud800"',
    '"',
    'null',
    '1',
    '{"type":"table"}',
    '\\',
  ],
  ...[
    "' OR '1'='1",
    "'; DROP TABLE syncs; --",
    '" OR ""="',
    '1; SELECT pg_sleep(9)',
    "\\'; --",
    '/* */',
    'x\u0000y',
    'UNION SELECT 1',
  ],
  ...[
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>',
    '<![CDATA[x]]>',
    '---\n- !!python/object',
    'a: &a [*a]',
    '(&(uid=*))',
  ],
  ...[
    '\u001b[31mred\u001b[0m',
    '\u0008\u0008\u0008',
    '\u0000',
    'a\u0000b',
    '\r',
    '\n\n\n\n',
    'line\nbreaks\nin it',
  ],
];
const long = [
  'x'.repeat(100_000),
  'word '.repeat(20_000),
  'W'.repeat(1000),
  'مرحبا'.repeat(400),
  '('.repeat(5000),
  '{"a":'.repeat(2000),
  'Ω≈ç√∫˜µ≤≥÷'.repeat(50),
  '漢字'.repeat(500),
];

/** More than 300 texts of the kinds that have broken windows elsewhere; each is there once. */
export const hostile: readonly string[] = [
  ...new Set([
    ...markup,
    ...controls,
    ...turning,
    ...unseen,
    ...stacked,
    ...names.split(' '),
    ...paths,
    ...formats,
    ...data,
    ...long,
  ]),
];

/** What may hold any text, by what the wire calls it. What else there is are words of a closed list, ids and times. */
const free = new Set(
  (
    'name from to sync message safe hint fix details note who key what answer own_answer body summary payload payload_pretty ' +
    'before after now then wrote path schema native samples rows reason refused sql object event_name distance title price outcome ' +
    'target headers waiting_for sent_by keys used_by settings column match_field identifiers curl exact pretty filled options ' +
    'event_name_column names by_sync message_id value example label template key_candidates ignored schedule_sentence field'
  ).split(' '),
);
/** Whose own keys are names. */
const named = new Set(['settings', 'identifiers', 'filled']);
/** What is part of the program, and what the wizard keeps of itself. */
const own = new Set([
  'app_info',
  'catalogue',
  'time_zones',
  'settings_save',
  'schedule_describe',
  'draft_save',
]);

/** As UTF-8 has it: halves of a pair alone are nothing it knows. */
export const utf8 = (text: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));

/** The program once more, with a hostile text for each text that comes from outside; the same for the same. */
export function poisoned(host: FakeHost, offset = 0, texts: readonly string[] = hostile) {
  const given = new Map<string, string>();
  const meant = new Map<string, string>();
  const of = (text: string): string => {
    const before = given.get(text);
    if (before !== undefined) return before;
    // All that the program says is UTF-8, and what has two names there has two here.
    const plain = utf8(texts[(offset + given.size) % texts.length] ?? '');
    const next = meant.has(plain) ? `${plain} ${String(given.size)}` : plain;
    given.set(text, next);
    meant.set(next, text);
    return next;
  };
  /** Of JSON, the keys and the texts; its numbers and signs stay. */
  const inside = (value: unknown): unknown =>
    typeof value === 'string'
      ? of(value)
      : Array.isArray(value)
        ? value.map(inside)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, each]) => [of(key), inside(each)]))
          : value;
  const text = (value: string): string => {
    if (!/^[{["]/.test(value)) return /^-?\d+(\.\d+)?$|^(null|true|false)$/.test(value) ? value : of(value);
    try {
      return JSON.stringify(inside(JSON.parse(value)));
    } catch {
      return of(value);
    }
  };
  const out = (value: unknown, under: string): unknown => {
    if (typeof value === 'string') return free.has(under) && value !== '' ? text(value) : value;
    if (Array.isArray(value)) return value.map((each) => out(each, under));
    if (value === null || typeof value !== 'object' || under === 'state') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, out(each, named.has(under) ? under : key)]),
    );
  };
  const back = (value: unknown): unknown => {
    if (typeof value === 'string') return meant.get(value) ?? value;
    if (Array.isArray(value)) return value.map(back);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, back(each)]));
  };
  const twin: FakeHost = {
    ...host,
    invoke: async (command, input) => {
      try {
        const answer = await host.invoke(command, back(input));
        return own.has(command) ? answer : out(answer, '');
      } catch (problem) {
        throw out(problem, '');
      }
    },
    listen: (handler) => host.listen((event) => handler(out(event, ''))),
  };
  return { host: twin, of, given };
}
