import type { Brakes } from '@/api/bindings/Brakes';

/** Brakes with a limit, and what the limit counts. */
export const limits = {
  shrunk: 'percent',
  removed: 'percent',
  removed_records: 'records',
  emptied: 'percent',
  refused: 'percent',
} as const;
export type Limited = keyof typeof limits;
export type Plain = Exclude<keyof Brakes, Limited>;

/** A limit as it is typed; what was typed stays while it is off. */
export interface LimitForm {
  on: boolean;
  text: string;
}
export type BrakesForm = Record<Limited, LimitForm> & Record<Plain, boolean>;

/** What a limit that is switched on begins with. */
export const usual: Record<Limited, number> = {
  shrunk: 50,
  removed: 10,
  removed_records: 1000,
  emptied: 30,
  refused: 20,
};

const names = Object.keys(limits) as Limited[];

export function brakesForm(brakes: Brakes): BrakesForm {
  const limit = (name: Limited): LimitForm => ({
    on: brakes[name] !== null,
    text: String(brakes[name] ?? usual[name]),
  });
  return {
    empty: brakes.empty,
    first_run: brakes.first_run,
    shrunk: limit('shrunk'),
    removed: limit('removed'),
    removed_records: limit('removed_records'),
    emptied: limit('emptied'),
    refused: limit('refused'),
  };
}

/** The limit is a whole number the brake can have. */
export function fits(name: Limited, { on, text }: LimitForm): boolean {
  if (!on) return true;
  if (!/^\d{1,9}$/.test(text.trim())) return false;
  return limits[name] === 'records' || Number(text) <= 100;
}

/** The brakes as they stand in the form, or null while a limit is no number it can have. */
export function brakesOf(form: BrakesForm): Brakes | null {
  if (!names.every((name) => fits(name, form[name]))) return null;
  const limit = ({ on, text }: LimitForm) => (on ? Number(text) : null);
  return {
    empty: form.empty,
    first_run: form.first_run,
    shrunk: limit(form.shrunk),
    removed: limit(form.removed),
    removed_records: limit(form.removed_records),
    emptied: limit(form.emptied),
    refused: limit(form.refused),
  };
}
