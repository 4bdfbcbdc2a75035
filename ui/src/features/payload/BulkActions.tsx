import { Button, IconButton } from '@/components/Button';
import { Menu } from '@/components/Menu';
import * as actions from './actions';
import type { Shaping } from './edits';
import { hashes } from './HashSelect';
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
        label={text.bulk.of(text.bulk.hash, rows)}
        trigger={
          <Button
            size="sm"
            iconAfter="down"
            isDisabled={!lines.some(actions.canHash)}
            {...named(text.bulk.hash)}
          >
            {text.bulk.hash}
          </Button>
        }
        actions={(['none', ...hashes] as const).map((one) => ({
          id: one,
          label: text.hashes[one],
          onAction: () => onChange(actions.setHash(state, ids, one === 'none' ? null : one, search)),
        }))}
      />
      {onClear && <IconButton icon="cross" label={text.bulk.clear} onPress={onClear} />}
    </>
  );
}
