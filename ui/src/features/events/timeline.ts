import type { Attempt } from '@/api/bindings/Attempt';
import type { EventStatus } from '@/api/bindings/EventStatus';
import { clockMillis, clockSeconds, duration } from '@/components/times';
import { statusTone } from './EventBytes';
import { text } from './text';

/** A part of the line, in the order of time. */
export type Part =
  | {
      kind: 'try';
      nth: number;
      from: number;
      ms: number | null;
      tone: 'ok' | 'warn' | 'bad' | 'none';
      answer: string;
    }
  | { kind: 'wait'; ms: number | null; until: string | null }
  | { kind: 'more'; tries: number };

/** More tries than this are not drawn one by one. */
const most = 6;

/** Requests and the waits between them, oldest first; a wait without an end goes on. */
export function partsOf(attempts: readonly Attempt[], next: string | null, status: EventStatus): Part[] {
  const tries = attempts.map((attempt, index) => {
    const end = Date.parse(attempt.at);
    const last = index === attempts.length - 1;
    return {
      kind: 'try' as const,
      nth: index + 1,
      from: end - (attempt.took_ms ?? 0),
      end,
      ms: attempt.took_ms,
      tone:
        attempt.took_ms === null || attempt.status === null
          ? ('none' as const)
          : statusTone(attempt.status, last ? status : undefined),
      answer: attempt.status === null ? attempt.outcome : String(attempt.status),
    };
  });
  const parts: Part[] = [];
  tries.forEach(({ end: _, ...one }, index) => {
    const before = tries[index - 1];
    const gone = tries.length > most && index >= most / 2 && index < tries.length - most / 2;
    if (gone) {
      if (index === most / 2) parts.push({ kind: 'more', tries: tries.length - most });
      return;
    }
    if (before) parts.push({ kind: 'wait', ms: Math.max(0, one.from - before.end), until: null });
    parts.push(one);
  });
  if (next !== null) parts.push({ kind: 'wait', ms: null, until: next });
  return parts;
}

/** How much room a time gets: hours do not push out what took milliseconds. */
export const roomOf = (ms: number | null): number =>
  Math.round(10 + 10 * Math.log10(1 + Math.max(0, ms ?? 0)));

/** The line in a sentence, for who does not see it. */
export function sentenceOf(parts: readonly Part[]): string {
  const words = text.detail.line;
  const said = parts.map((part) => {
    if (part.kind === 'more') return words.more(part.tries);
    if (part.kind === 'wait')
      return part.until !== null
        ? words.until(clockSeconds(part.until))
        : words.waited(duration(part.ms ?? 0));
    const sent = words.sent(part.nth, clockMillis(new Date(part.from)));
    return part.ms === null
      ? `${sent}, ${words.unanswered}`
      : `${sent}, ${words.answered(part.answer, duration(part.ms))}`;
  });
  return said.length === 0 ? '' : `${said.join('; ')}.`;
}
