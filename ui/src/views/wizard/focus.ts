const problems = '[aria-invalid="true"], [data-invalid] input, [data-invalid] button, [data-first-problem]';
const places = 'input, [role="radio"], [data-cell][tabindex="0"], button';

/** Moves the focus to the first problem in the page, or to where one would begin. */
export function focusProblem(frame: HTMLElement | null, body: HTMLElement | null): void {
  // What was just said to be wrong is marked once it is drawn.
  requestAnimationFrame(() => {
    const first = frame?.querySelector<HTMLElement>(problems) ?? body?.querySelector<HTMLElement>(places);
    first?.focus();
  });
}

/** The same for a button beside the main one: only to a problem, never away from the button for nothing. */
export const focusMarked = (): void => focusProblem(document.querySelector('main'), null);
