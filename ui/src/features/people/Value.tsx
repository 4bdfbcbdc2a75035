import type { FieldChange } from '@/api/bindings/FieldChange';
import { t } from '@/components/text';
import { text } from './text';
import styles from './time-line.module.css';

/** The last steps of a path: `traits.company.name` as `company.name`. */
export const shortPath = (path: string): string => path.replace(/^(traits|properties|context\.traits)\./, '');

/** A text without its quotes and escapes; everything else exactly as it is sent. */
function readable(json: string): string {
  if (!json.startsWith('"')) return json;
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}

const long = 160;
export const isLong = ({ before, after }: FieldChange): boolean =>
  (before?.length ?? 0) > long || (after?.length ?? 0) > long;

/** A value as people read it, in its own direction. No title: what is cut unfolds. */
export function Value({ json }: { json: string | null }) {
  if (json === null || json === 'null') return <span className={t('null')}>{text.empty}</span>;
  if (json === '""') return <span className={t('null')}>{text.emptyText}</span>;
  return (
    <span className={styles.value} dir="auto" data-num={/^-?\d/.test(json) ? '' : undefined}>
      {readable(json)}
    </span>
  );
}
