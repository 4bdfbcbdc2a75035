import type { EventStatus } from '@/api/bindings/EventStatus';
import { eventStatuses, eventWord } from '@/api/state-words';
import { FilterChip, ValueChip } from '@/components/FilterChip';
import { clockTime, dayOfYear } from '@/components/times';
import { type EventSearch, dateOf } from './filter';
import type { FilterName, Known } from './filter-text';
import { text } from './text';

const spans = ['1h', 'today', '7d'];

export interface FilterChipsProps {
  search: EventSearch;
  onSearch: (search: EventSearch) => void;
  known: Known;
  /** What the chosen cause says. */
  cause: string | undefined;
  /** A filter becomes text again. */
  onEdit: (name: FilterName) => void;
}

/** Filters as chips: those one chooses from a list, and those that were typed. */
export function FilterChips({ search, onSearch, known, cause, onEdit }: FilterChipsProps) {
  const { sync, run, key, person, status, error, since, after, before } = search;
  const set = (change: EventSearch, drop: FilterName[] = []) =>
    onSearch(
      Object.fromEntries(
        Object.entries({ ...search, ...change }).filter(([name]) => !drop.some((gone) => gone === name)),
      ),
    );
  const { filters } = text;
  const typed = (
    [
      ['person', person],
      ['key', key],
      ['after', after && momentWord(after)],
      ['before', before && momentWord(before)],
      ['cause', search.cause === undefined ? undefined : (cause ?? `#${String(search.cause)}`)],
    ] as const
  ).flatMap(([name, words]) => (words === undefined ? [] : [{ name, words }]));
  const errors = [...new Set([...(error ?? []), ...(known.errors ?? []).map(({ kind }) => kind)])];
  const pages = new Map((known.errors ?? []).map((page) => [page.kind, page]));
  const errorWord = (kind: string) => pages.get(kind)?.title ?? kind.replaceAll('_', ' ');
  const runs = known.runs.find((one) => one.run === run);
  return (
    <>
      <FilterChip<EventStatus>
        label={filters.status}
        words={status?.map((one) => eventWord(one).toLowerCase()).join(', ') ?? filters.any}
        several
        options={eventStatuses.map((value) => ({ value, label: eventWord(value) }))}
        chosen={status ?? []}
        onChange={(chosen) =>
          chosen.length > 0
            ? set({ status: eventStatuses.filter((one) => chosen.includes(one)) })
            : set({}, ['status'])
        }
        active={status !== undefined}
        removeLabel={filters.remove(filters.status)}
        onRemove={() => set({}, ['status'])}
      />
      <FilterChip
        label={filters.error}
        words={error?.map(errorWord).join(', ') ?? filters.any}
        several
        options={errors.map((value) => ({
          value,
          label: errorWord(value),
          detail: pages.get(value)?.code ?? '',
        }))}
        chosen={error ?? []}
        onChange={(chosen) => (chosen.length > 0 ? set({ error: chosen }) : set({}, ['error']))}
        active={error !== undefined}
        removeLabel={filters.remove(filters.error)}
        onRemove={() => set({}, ['error'])}
      />
      <FilterChip
        label={filters.sync}
        words={sync ?? filters.all}
        options={(known.syncs ?? []).map((value) => ({ value, label: value }))}
        chosen={sync === undefined ? [] : [sync]}
        onChange={([value]) =>
          value === undefined ? set({}, ['sync', 'run']) : set({ sync: value }, ['run'])
        }
        active={sync !== undefined}
        removeLabel={filters.remove(filters.sync)}
        onRemove={() => set({}, ['sync', 'run'])}
      />
      <FilterChip
        label={filters.run}
        words={run === undefined ? filters.all : (runs?.label ?? `#${String(run)}`)}
        options={known.runs.map((one) => ({ value: String(one.run), label: one.label, detail: one.sync }))}
        chosen={run === undefined ? [] : [String(run)]}
        onChange={([value]) => (value === undefined ? set({}, ['run']) : set({ run: Number(value) }))}
        active={run !== undefined}
        removeLabel={filters.remove(filters.run)}
        onRemove={() => set({}, ['run'])}
      />
      <FilterChip
        label={filters.time}
        words={since === undefined ? filters.all : text.since(since)}
        options={[...new Set([...spans, ...(since === undefined ? [] : [since])])].map((value) => ({
          value,
          label: text.since(value),
        }))}
        chosen={since === undefined ? [] : [since]}
        onChange={([value]) => (value === undefined ? set({}, ['since']) : set({ since: value }))}
        active={since !== undefined}
        removeLabel={filters.remove(filters.time)}
        onRemove={() => set({}, ['since'])}
      />
      {typed.map((chip) => (
        <ValueChip
          key={chip.name}
          label={filters[chip.name]}
          words={chip.words}
          editLabel={filters.edit(filters[chip.name], chip.words)}
          onEdit={() => onEdit(chip.name)}
          removeLabel={filters.remove(filters[chip.name])}
          onRemove={() => set({}, [chip.name])}
        />
      ))}
    </>
  );
}

/** A day, or a minute of it. */
function momentWord(moment: string): string {
  const date = dateOf(moment);
  if (date === null) return moment;
  return moment.includes('T') ? `${dayOfYear(date)} ${clockTime(date)}` : dayOfYear(date);
}
