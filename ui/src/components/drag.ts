/** What drags the window: on macOS alone, where no title bar of the system stands above the page. */
export const drags = (): Record<string, ''> =>
  document.documentElement.dataset['platform'] === 'macos' ? { 'data-tauri-drag-region': '' } : {};
