import { Radio, RadioGroup } from 'react-aria-components';
import { Icon, type IconName } from '@/components/Icon';
import { cx } from '@/components/cx';
import { count } from '@/components/times';
import { text } from './text';
import styles from './review.module.css';

export interface Tile<Name extends string> {
  name: Name;
  label: string;
  icon: IconName;
  n: number;
  /** Something is wrong with what is in it. */
  bad?: boolean;
}

/** Groups side by side, each with how many are in it; one is looked at. */
export function Tiles<Name extends string>({
  tiles,
  value,
  onChange,
  wrap,
}: {
  tiles: readonly Tile<Name>[];
  value: Name;
  onChange: (name: Name) => void;
  /** There are many of them, and nothing beside them. */
  wrap?: boolean;
}) {
  return (
    <RadioGroup
      aria-label={text.groupLabel}
      orientation="horizontal"
      value={value}
      onChange={(name) => onChange(name as Name)}
      className={cx(styles.tiles, wrap && styles.wrap)}
    >
      {tiles.map(({ name, label, icon, n, bad }) => (
        <Radio key={name} value={name} className={cx(styles.tile, bad && n > 0 && styles.badTile)}>
          <span className={styles.tileName}>
            <Icon name={icon} />
            {label}
          </span>
          <b>{count(n)}</b>
        </Radio>
      ))}
    </RadioGroup>
  );
}
