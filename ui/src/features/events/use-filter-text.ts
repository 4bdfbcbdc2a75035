import { useState } from 'react';
import { useTyped } from '@/components/use-typed';
import type { EventSearch } from './filter';
import {
  type FilterName,
  type Known,
  type Reading,
  type Taking,
  filterNames,
  filterText,
  merged,
  readText,
  toText,
  wordsText,
} from './filter-text';

export interface FilterText {
  text: string;
  reading: Reading;
  /** What the field says now. */
  put: (text: string) => void;
  /** What is typed is meant as it stands: Enter, or the field is left. */
  finish: () => void;
  /** One filter becomes text again, or the last of them; false where there is none. */
  takeBack: (name?: FilterName) => boolean;
  takeBackAll: () => void;
}

/** Where two texts first differ. */
function difference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

const without = (search: EventSearch, names: readonly string[]): EventSearch =>
  Object.fromEntries(Object.entries(search).filter(([name]) => !names.includes(name)));

/**
 * The text beside the chips. A filter leaves it and becomes a chip when a space is typed behind it, when it is pasted or
 * completed, and when the field is left; one that was taken back stays until then.
 */
export function useFilterText(
  search: EventSearch,
  onSearch: (search: EventSearch) => void,
  known: Known,
): FilterText {
  const [meant, setMeant] = useState(false);
  const tell = (q: string) => onSearch(q === '' ? without(search, ['q']) : { ...search, q });
  const read = (typed: string) => readText(typed, known).words;
  const [text, setText] = useTyped(search.q ?? '', tell, {
    read,
    write: (q) => (q === '' ? '' : wordsText(q)),
  });

  const take = (next: string, taking: Taking) => {
    const { filters, rest } = readText(next, known, taking);
    setMeant(taking === 'all');
    if (Object.keys(filters).length === 0) return setText(next);
    setText(rest);
    // Another sync has other runs.
    const kept = filters.sync !== undefined && filters.run === undefined ? without(search, ['run']) : search;
    onSearch(merged(kept, filters));
  };
  const put = (next: string) => {
    const grown = next.length - text.length;
    const at = difference(text, next);
    if (grown === 1 && /\s/.test(next[at] ?? '')) take(next, at);
    else take(next, grown > 1 ? 'done' : 'none');
  };
  const back = (names: readonly FilterName[], words: string) => {
    setMeant(false);
    setText(`${words} ${text.trim()}`.trim());
    onSearch(without(search, names));
  };
  return {
    text,
    reading: readText(text, known, meant ? 'all' : 'none'),
    put,
    finish: () => take(text, 'all'),
    takeBack: (name = filterNames.findLast((one) => search[one] !== undefined)) => {
      const words = name && filterText(name, search);
      if (name && words) back([name], words);
      return !!words;
    },
    takeBackAll: () => back(filterNames, toText(search)),
  };
}
