/** Names in a sentence: `a, b and c`. */
export const listed = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]+)$/, ' and $1');
