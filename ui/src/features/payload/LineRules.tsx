import { t } from '@/components/text';
import { canDisguise, setDisguise } from './actions';
import type { Shaping } from './edits';
import { DisguiseSelect } from './DisguiseSelect';
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
  if (!line || !canDisguise(line)) return null;
  return (
    <div className={styles.lineRules}>
      <span className={t('mono', 'cut')} title={line.key} dir="auto">
        {line.key}
      </span>
      <DisguiseSelect
        label={text.hashOf(line.key)}
        hideLabel
        value={line.hash ?? null}
        onChange={(hash) => onChange(setDisguise(state, new Set([line.id]), hash))}
      />
    </div>
  );
}
