import { toasts } from './toasts';

/** Puts text on the clipboard and says so. Webviews without the clipboard interface copy through a selection. */
export async function copyText(text: string, said = 'Copied'): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.readOnly = true;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (!copied) {
      toasts.show('The clipboard could not be reached.', { tone: 'bad' });
      return;
    }
  }
  toasts.show(said);
}
