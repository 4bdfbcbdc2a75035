import { t } from '@/components/text';
import { canHash, setHash } from './actions';
import type { Shaping } from './edits';
import { HashSelect } from './HashSelect';
import type { Line } from './model';
import { text } from './text';
import styles from './payload.module.css';

/** How the selected line is sent. */
export function LineRules({
  state,
  line,
  onChange,
}: {
  state: Shaping;
  line: Line | undefined;
  onChange: (state: Shaping) => void;
}) {
  if (!line || !canHash(line)) return null;
  return (
    <div className={styles.lineRules}>
      <span className={t('mono', 'cut')} title={line.key} dir="auto">
        {line.key}
      </span>
      <HashSelect
        label={text.hashOf(line.key)}
        hideLabel
        value={line.hash ?? null}
        onChange={(hash) => onChange(setHash(state, new Set([line.id]), hash))}
      />
    </div>
  );
}
