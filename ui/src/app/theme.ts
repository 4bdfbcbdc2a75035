import type { Theme } from '@/api/bindings/Theme';

const remembered = 'sluice.theme';

/** Puts the theme on the page at once; the last choice is remembered so that the first paint already has it. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  localStorage.setItem(remembered, theme);
  root.dataset['themeChanging'] = '';
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  requestAnimationFrame(() => requestAnimationFrame(() => delete root.dataset['themeChanging']));
}

/** The theme of the last session, before the program has answered. */
export function rememberedTheme(): Theme {
  const theme = localStorage.getItem(remembered);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}
