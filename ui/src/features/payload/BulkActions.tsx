import { Button, IconButton } from '@/components/Button';
import { Menu } from '@/components/Menu';
import * as actions from './actions';
import type { Shaping } from './edits';
import { disguises } from './DisguiseSelect';
import type { Line } from './model';
import { text } from './text';

/** What is done to several lines at once; each is one step to undo. */
export function BulkActions({
  state,
  lines,
  search,
  onChange,
  onClear,
}: {
  state: Shaping;
  lines: readonly Line[];
  /** What found the lines; empty where they were chosen one by one. */
  search: string;
  onChange: (state: Shaping) => void;
  onClear: (() => void) | undefined;
}) {
  const ids = new Set(lines.map(({ id }) => id));
  const rows = search ? text.matching(ids.size) : text.chosen(ids.size);
  const named = (what: string) => ({ 'aria-label': text.bulk.of(what, rows) });
  const tick = (on: boolean) => onChange(actions.tickMany(state, ids, on, search));
  return (
    <>
      <Button size="sm" {...named(text.bulk.send)} onPress={() => tick(true)}>
        {text.bulk.send}
      </Button>
      <Button size="sm" {...named(text.bulk.leaveOut)} onPress={() => tick(false)}>
        {text.bulk.leaveOut}
      </Button>
      <Menu
        label={text.bulk.of(text.bulk.disguise, rows)}
        trigger={
          <Button
            size="sm"
            iconAfter="down"
            isDisabled={!lines.some(actions.canDisguise)}
            {...named(text.bulk.disguise)}
          >
            {text.bulk.disguise}
          </Button>
        }
        actions={(['none', ...disguises] as const).map((one) => ({
          id: one,
          label: text.disguises[one],
          onAction: () => onChange(actions.setDisguise(state, ids, one === 'none' ? null : one, search)),
        }))}
      />
      {onClear && <IconButton icon="cross" label={text.bulk.clear} onPress={onClear} />}
    </>
  );
}
