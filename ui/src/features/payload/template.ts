import { text } from './text';

const part = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** Columns a template names, as the engine reads it; or why it can not be used with these columns. */
export function readTemplate(
  template: string,
  columns: readonly string[],
): { columns: string[] } | { error: string } {
  const named: string[] = [];
  for (const [whole, inside] of template.matchAll(part)) {
    if (inside !== undefined) named.push(inside.trim());
    else if (whole.length === 1) return { error: text.templateBraces };
  }
  if (named.length === 0 || named.includes('')) return { error: text.templateNoColumn };
  const same = (a: string) => columns.some((column) => column.toLowerCase() === a.toLowerCase());
  const unknown = columns.length > 0 ? named.find((column) => !same(column)) : undefined;
  return unknown === undefined ? { columns: named } : { error: text.templateUnknown(unknown) };
}
