import { eventStatuses, eventWord } from '@/api/state-words';
import { type FilterName, type Known, dayBefore, filterNames, isName, quoted, tokensOf } from './filter-text';
import { text as words } from './text';

export interface Completion {
  insert: string;
  label: string;
  detail: string;
}

const most = 12;

function valuesOf(name: FilterName, known: Known): { value: string; label?: string; detail?: string }[] {
  switch (name) {
    case 'status':
      return eventStatuses.map((value) => ({ value, detail: eventWord(value) }));
    case 'error':
      return (known.errors ?? []).map(({ kind, code }) => ({ value: kind, detail: code }));
    case 'sync':
      return (known.syncs ?? []).map((value) => ({ value }));
    case 'run':
      return known.runs.map(({ run, label }) => ({ value: String(run), detail: label }));
    case 'since':
      return ['1h', '24h', 'today', '7d', '30d'].map((value) => ({ value, detail: words.since(value) }));
    case 'after':
    case 'before':
      return [0, 1, 7].map((days) => ({
        value: dayBefore(known.now, days),
        detail: words.typed.daysAgo(days),
      }));
    case 'person':
    case 'key':
    case 'cause':
      return [];
  }
}

/** What the word at the end of the text could become, and where it begins. */
export function completions(text: string, known: Known): { from: number; options: Completion[] } {
  const last = tokensOf(text).at(-1);
  if (!last || last.done || /\s$/.test(text)) {
    return { from: text.length, options: filterNames.map(nameOption) };
  }
  const { from, name } = last;
  if (name === null) {
    const begun = text.slice(from).toLowerCase();
    return { from, options: filterNames.filter((one) => one.startsWith(begun)).map(nameOption) };
  }
  if (!isName(name)) return { from, options: [] };
  const several = name === 'status' || name === 'error';
  const before = several ? last.value.slice(0, last.value.lastIndexOf(',') + 1) : '';
  const begun = last.value.slice(before.length).toLowerCase();
  const chosen = before.toLowerCase().split(',');
  const options = valuesOf(name, known)
    .filter(
      ({ value, detail = '' }) =>
        !chosen.includes(value) && `${value} ${detail}`.toLowerCase().includes(begun),
    )
    .sort(
      (a, b) =>
        Number(b.value.toLowerCase().startsWith(begun)) - Number(a.value.toLowerCase().startsWith(begun)),
    )
    .slice(0, most)
    .map(({ value, detail = '' }) => ({
      insert: `${name}:${before}${several ? value : quoted(value)}`,
      label: value,
      detail,
    }));
  return { from, options };
}

const nameOption = (name: FilterName): Completion => ({
  insert: `${name}:`,
  label: `${name}:`,
  detail: words.typed.names[name],
});
