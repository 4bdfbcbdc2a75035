import { useState } from 'react';
import { Button, IconButton } from '@/components/Button';
import { Checkbox } from '@/components/Checkbox';
import { SearchField } from '@/components/Field';
import { Menu } from '@/components/Menu';
import { t } from '@/components/text';
import { useMedia } from '@/components/use-media';
import { inPayload } from '../shortcuts';
import * as actions from './actions';
import { BulkActions } from './BulkActions';
import { ConstantDialog } from './ConstantDialog';
import { TemplateDialog } from './TemplateDialog';
import { type Shaping, redo, undo } from './edits';
import { choosable } from './model';
import { isShown } from './rows';
import { text } from './text';
import styles from './payload.module.css';

interface Props {
  state: Shaping;
  identifiers: Record<string, string>;
  /** Names of the rows' columns. */
  columns: readonly string[];
  /** Rows that are chosen together, by the id of the line. */
  chosen: { has: (id: string) => boolean };
  onClear: () => void;
  search: string;
  onSearch: (search: string) => void;
  onChange: (state: Shaping) => void;
  /** Opens the JSON where the window is too narrow to show it beside the grid. */
  onShowJson?: (() => void) | undefined;
}

/** Search, what is done to all rows that are chosen or shown, constants, undo and redo. */
export function PayloadBar(props: Props) {
  const { state, identifiers, columns, chosen, search, onSearch, onChange, onShowJson } = props;
  const narrow = useMedia('(max-width: 1100px)');
  const [adding, setAdding] = useState<'constant' | 'template' | null>(null);
  const lines = choosable(state.payload, identifiers);
  const fixed = state.payload.lines.length - lines.length;
  const wanted = search.trim();
  const shown = lines.filter((line) => isShown(line, search));
  const picked = shown.filter(({ id }) => chosen.has(id));
  const on = shown.filter((line) => line.on).length;
  const all = (value: boolean) =>
    onChange(actions.tickMany(state, new Set(shown.map(({ id }) => id)), value, wanted));
  const last = state.past.at(-1);
  const next = state.future[0];
  return (
    <div className={styles.bar}>
      <Checkbox
        name={text.selectShown}
        checked={on === 0 ? false : on === shown.length ? true : 'mixed'}
        onChange={() => all(on < shown.length)}
      />
      <SearchField label={text.search} value={search} onChange={onSearch} className={styles.search} />
      <span className={styles.selected} role="status">
        {picked.length > 0
          ? text.chosen(picked.length)
          : wanted
            ? text.matching(shown.length)
            : (narrow ? text.selectedShort : text.selected)(
                lines.filter((line) => line.on).length + fixed,
                state.payload.lines.length,
              )}
      </span>
      <span className={t('push')} />
      {onShowJson && (
        <Button size="sm" icon="braces" onPress={onShowJson}>
          {text.showJson}
        </Button>
      )}
      {picked.length > 0 || (wanted && shown.length > 0) ? (
        <BulkActions
          state={state}
          lines={picked.length > 0 ? picked : shown}
          search={picked.length > 0 ? '' : wanted}
          onChange={onChange}
          onClear={picked.length > 0 ? props.onClear : undefined}
        />
      ) : (
        <>
          <Button size="sm" icon="plus" onPress={() => setAdding('constant')}>
            {text.addConstant}
          </Button>
          <Button size="sm" icon="plus" onPress={() => setAdding('template')}>
            {text.addTemplate}
          </Button>
        </>
      )}
      <span className={t('vr')} />
      <IconButton
        icon="undo"
        label={last ? text.undo(last.label) : text.nothingToUndo}
        keys={inPayload.undo.keys}
        isDisabled={!last}
        onPress={() => onChange(undo(state))}
      />
      <IconButton
        icon="redo"
        label={next ? text.redo(next.label) : text.nothingToRedo}
        keys={inPayload.redo.keys}
        isDisabled={!next}
        onPress={() => onChange(redo(state))}
      />
      <Menu
        label={text.more}
        trigger={<Button look="quiet" size="sm" icon="more" aria-label={text.more} className={styles.more} />}
        actions={[
          // What a search shows has its own buttons.
          ...(wanted
            ? []
            : ([
                { id: 'all', label: text.all, onAction: () => all(true) },
                { id: 'none', label: text.none, onAction: () => all(false) },
                '-',
              ] as const)),
          { id: 'reset', label: text.reset, icon: 'refresh', onAction: () => onChange(actions.reset(state)) },
        ]}
      />
      <ConstantDialog
        open={adding === 'constant'}
        onClose={() => setAdding(null)}
        onAdd={(key, value) => {
          onChange(actions.addConstant(state, key, value));
          setAdding(null);
        }}
      />
      <TemplateDialog
        open={adding === 'template'}
        columns={columns}
        onClose={() => setAdding(null)}
        onAdd={(key, template, hash) => {
          onChange(actions.addTemplate(state, key, template, hash));
          setAdding(null);
        }}
      />
    </div>
  );
}
