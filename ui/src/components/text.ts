import styles from './text.module.css';

/** Text looks and layout words: `t('row', 'sm')`. */
export type Look =
  | 'title'
  | 'head'
  | 'label'
  | 'sm'
  | 'soft'
  | 'faint'
  | 'strong'
  | 'medium'
  | 'ok'
  | 'warn'
  | 'bad'
  | 'accent'
  | 'mono'
  | 'cut'
  | 'null'
  | 'row'
  | 'col'
  | 'gap'
  | 'gap16'
  | 'grow'
  | 'push'
  | 'rule'
  | 'vr'
  | 'data'
  | 'hidden';

/** The class names of one or more looks. */
export function t(...looks: (Look | false | undefined)[]): string {
  return looks
    .filter((look) => look !== false && look !== undefined)
    .map((look) => styles[look])
    .join(' ');
}
