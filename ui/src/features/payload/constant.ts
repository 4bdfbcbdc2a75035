import { text } from './text';

export type ConstantKind = keyof typeof text.constantTypes;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Texts, so that digits inside them are not taken for numbers, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number's digits without zeros around them, and where they stand: the same for `1.50` and `15e-1`. */
function worth(digits: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits) ?? [];
  const all = `${whole}${part}`.replace(/^0+/, '');
  const short = all.replace(/0+$/, '');
  if (!short) return '0';
  return `${sign}${short}e${String(Number(power) - part.length + all.length - short.length)}`;
}

/** All its digits arrive: numbers are doubles on their way, and in most tools that receive them. */
const exact = (typed: string): boolean => {
  const sent = Number(typed);
  return Number.isFinite(sent) && worth(String(sent)) === worth(typed);
};

/** The value typed, or why it is none. A number whose digits would not all arrive is refused, not rounded. */
export function parseConstant(kind: ConstantKind, typed: string): { value: unknown } | { error: string } {
  if (kind === 'text') return { value: typed };
  if (kind === 'boolean') return { value: typed === 'true' };
  if (kind === 'number') {
    const digits = typed.trim();
    if (/^-?0\d/.test(digits)) return { error: text.constantLeadingZero(digits) };
    if (!number.test(digits)) return { error: text.constantBadNumber };
    return exact(digits) ? { value: Number(digits) } : { error: text.constantDigits(digits) };
  }
  try {
    const value = JSON.parse(typed) as unknown;
    const lost = typed.match(tokens)?.find((token) => !token.startsWith('"') && !exact(token));
    return lost === undefined ? { value } : { error: text.constantJsonDigits(lost) };
  } catch {
    return { error: text.constantBadJson };
  }
}
