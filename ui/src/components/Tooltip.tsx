import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import { Keys } from './Keys';
import { cx } from './cx';
import styles from './Tooltip.module.css';

/** Names the control inside on hover and keyboard focus. */
export function Tooltip({ text, keys, children }: { text: string; keys?: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip className={cx(styles.tip)} offset={6}>
        {text}
        {keys && <Keys shortcut={keys} />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
