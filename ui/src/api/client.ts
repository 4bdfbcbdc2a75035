import { host } from '@/host';
import type { Commands } from './bindings/commands';
import type { Problem } from './bindings/Problem';

export type Command = keyof Commands;
export type InputOf<Name extends Command> = Commands[Name]['input'];
export type OutputOf<Name extends Command> = Commands[Name]['output'];

/** Runs a command. Rejects with a `Problem`, whatever went wrong. */
export async function call<Name extends Command>(
  name: Name,
  ...input: InputOf<Name> extends null ? [] : [InputOf<Name>]
): Promise<OutputOf<Name>> {
  try {
    return (await host().invoke(name, input[0] ?? null)) as OutputOf<Name>;
  } catch (error) {
    throw asProblem(error);
  }
}

/** Anything thrown, as something a user can read. */
export function asProblem(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error)
    return error as Problem;
  return {
    code: 'SLU-0000',
    kind: 'window',
    message: 'The window could not finish this.',
    safe: 'Nothing was sent and nothing that was saved is lost.',
    hint: 'Try again; if it stays, restart Sluice.',
    fix: null,
    retries: false,
    details: [error instanceof Error ? error.message : String(error)],
  };
}
