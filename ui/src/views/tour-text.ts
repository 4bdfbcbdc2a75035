export interface TourStop {
  /** What it points at: the first of these that is there. */
  at: readonly string[];
  title: string;
  body: string;
}

/** At most five. */
export const stops: readonly TourStop[] = [
  {
    at: ['nav[aria-label="Main"]'],
    title: 'Places and syncs',
    body: 'Everything is one click away here: the places above, your syncs and drafts below, and the next run at the bottom.',
  },
  {
    at: ['table[aria-label="Syncs"]', 'main'],
    title: 'Each sync in one line',
    body: 'How it is, its last and next run, and what was sent. Sync now runs it at once; only what changed is sent.',
  },
  {
    at: ['nav a[href*="/events"]'],
    title: 'Live events',
    body: 'Every record that was sent, with the exact request and the answer. Refused records are corrected or sent again here.',
  },
  {
    at: ['nav a[href*="/people"]'],
    title: 'People, and taking back',
    body: 'Everything ever sent to one person. What a run wrote can be undone, on the page of its sync; what somebody changed since is left alone.',
  },
  {
    at: ['main button[aria-label="Help on this screen"]'],
    title: 'Help on every screen',
    body: 'What a screen is for, and its keys. This tour is there too, and details to hand to a supporter.',
  },
];

export const text = {
  step: (step: number) => `${String(step)} of ${String(stops.length)}`,
  back: 'Back',
  next: 'Next',
  done: 'Done',
  leave: 'Leave',
};
