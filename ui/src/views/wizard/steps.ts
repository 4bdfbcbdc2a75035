/** The steps of the wizard, in order. */
export const steps = [
  { id: 'warehouse', title: 'Warehouse' },
  { id: 'connection', title: 'Connection' },
  { id: 'table', title: 'Table' },
  { id: 'payload', title: 'Payload' },
  { id: 'schedule', title: 'Schedule' },
  { id: 'destination', title: 'Destination' },
  { id: 'review', title: 'Review' },
] as const;

export type StepId = (typeof steps)[number]['id'];

export const isStep = (id: string): id is StepId => steps.some((step) => step.id === id);

/** Where a step is, from 0. */
export const place = (id: StepId) => steps.findIndex((step) => step.id === id);

/** The step after or before, or null at the ends. */
export function neighbour(id: StepId, by: 1 | -1): StepId | null {
  return steps[place(id) + by]?.id ?? null;
}

/** The one of two steps that comes later. */
export const later = (a: StepId, b: StepId): StepId => (place(a) > place(b) ? a : b);
