import { useEffect, useMemo, useState } from 'react';
import { asProblem } from '@/api/client';
import { useConnections, useKind, usePayloadPreview, useSource } from '@/api/queries';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Choice';
import { Help } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { SplitPane } from '@/components/SplitPane';
import { isPressed, isTyping } from '@/components/shortcut';
import { t } from '@/components/text';
import { useMedia } from '@/components/use-media';
import { useSelection } from '@/components/use-selection';
import { setShape } from '@/features/payload/actions';
import { markedLines, putBack } from '@/features/payload/changes';
import { EditList } from '@/features/payload/EditList';
import { EventName } from '@/features/payload/EventName';
import { type Shaping, redo, undo } from '@/features/payload/edits';
import { LineRules } from '@/features/payload/LineRules';
import { type Line, namesEvent, sentLines, shapesOf } from '@/features/payload/model';
import { PayloadBar } from '@/features/payload/PayloadBar';
import { PayloadGrid } from '@/features/payload/PayloadGrid';
import { PayloadPanel } from '@/features/payload/PayloadPanel';
import { SavedChanges } from '@/features/payload/SavedChanges';
import { text as words } from '@/features/payload/text';
import { inPayload } from '@/features/shortcuts';
import { queryOf } from '@/features/source/choice';
import { noted } from '@/features/source/dbt';
import { useModel } from '@/features/source/use-model';
import { useWizard } from './context';
import { LeftBehind } from './LeftBehind';
import { StepFrame } from './StepFrame';
import { definitionOf } from './state';
import { text } from './text';
import { useChanges } from './use-changes';
import styles from './wizard.module.css';

const idOf = ({ id }: Line): string => id;

/** ⌘Z and ⇧⌘Z for the payload, where no field has them for its own text. */
function useUndoKeys(state: Shaping, change: (state: Shaping) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = isPressed(event, inPayload.undo) ? undo : isPressed(event, inPayload.redo) ? redo : null;
      if (!act || isTyping(event.target)) return;
      event.preventDefault();
      change(act(state));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

export function PayloadStep() {
  const { state, dispatch, go } = useWizard();
  const { shaping, source: choice } = state;
  const { payload } = shaping;
  const { identifiers } = choice;
  const source = useSource(state.warehouse.connection, queryOf(choice)).data;
  const { notes } = useModel(state.warehouse.connection, choice);
  const destination = useConnections().data?.find(({ name }) => name === state.destination.connection);
  const kind = useKind(destination?.kind);
  const shapes = shapesOf(kind?.accepts);
  const [at, setAt] = useState<{ row: number; find: string | null }>({ row: 0, find: null });
  const [revealed, setRevealed] = useState<number | null>(null);
  const [search, setSearch] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const selection = useSelection(idOf);
  const [insist, setInsist] = useState(false);
  const [jsonOpen, setJsonOpen] = useState(false);
  const narrow = useMedia('(max-width: 900px)');
  const noName = !namesEvent(payload);
  // The rest of the payload is seen before its event has a name.
  const definition = useMemo(() => {
    const made = definitionOf(state);
    return made && noName
      ? {
          ...made,
          shape: { type: 'track' as const, event_name: words.eventNameOpen, event_name_column: null },
        }
      : made;
  }, [state, noName]);
  const preview = usePayloadPreview(
    definition && {
      definition,
      row: at.row,
      find: at.find,
      reveal: revealed !== null && revealed === at.row,
    },
  );
  const change = (next: Shaping) => dispatch({ type: 'shaping', shaping: next });
  useUndoKeys(shaping, change);
  const { saved, changes } = useChanges();
  const edited = useMemo(() => markedLines(changes), [changes]);
  useEffect(() => {
    if (source) dispatch({ type: 'looked', source });
  }, [source, dispatch]);

  const sent = sentLines(payload, identifiers);
  const shown = preview.data;
  const problems = Object.create(null) as Record<string, string>;
  if (!preview.isPlaceholderData)
    shown?.field_problems.forEach(
      ({ field, message }) => sent[field] && (problems[sent[field].id] = message),
    );
  const marked = sent.findIndex(({ id }) => id === selected);
  const columns = source?.columns ?? [];
  const gone = sent.filter(
    ({ value }) =>
      value.type === 'column' && columns.length > 0 && !columns.some(({ name }) => name === value.column),
  ).length;
  const nobody = payload.shape !== 'record' && Object.keys(identifiers).length === 0;
  const points = [
    ...(nobody ? [text.table.noIdentifier] : []),
    ...(sent.length === 0 && (payload.shape === 'record' || Object.keys(identifiers).length === 0)
      ? [words.nothingSelected]
      : []),
    ...(Object.keys(problems).length + gone > 0
      ? [words.fieldProblems(Object.keys(problems).length + gone)]
      : []),
  ];
  const note =
    shown &&
    shown.rows > 0 &&
    (shown.invalid_rows > 0 ? (
      <Help tone="error">{words.invalidRows(shown.invalid_rows, shown.rows)}</Help>
    ) : (
      <Help tone="ok">{words.noProblems(shown.rows)}</Help>
    ));

  return (
    <StepFrame
      step="payload"
      title={text.payload.title}
      about={text.payload.text}
      headEnd={
        <div className={t('row')}>
          <span className={styles.headLabel}>{words.shape}</span>
          <Segmented
            label={words.shape}
            value={payload.shape}
            onChange={(shape) => change(setShape(shaping, shape))}
            options={(['identify', 'track', 'record'] as const).map((value) => ({
              value,
              label: words.shapes[value],
              disabled: !shapes.includes(value),
            }))}
          />
        </div>
      }
      problems={points}
      todo={
        noName ? (payload.eventNameColumn === null ? words.eventNameTodo : words.eventColumnTodo) : undefined
      }
      note={note}
      onInsist={() => setInsist(true)}
      main={{
        label: text.next,
        onPress: () => {
          dispatch({ type: 'reshaped' });
          go('schedule');
        },
      }}
    >
      <SplitPane
        id="payload"
        label={words.payloadOf}
        size={344}
        open={jsonOpen}
        onClose={() => setJsonOpen(false)}
        side={
          <>
            {preview.error && (
              <div className={styles.sideProblem}>
                <ProblemBox problem={asProblem(preview.error)} />
              </div>
            )}
            <LineRules
              state={shaping}
              line={payload.lines.find(({ id }) => id === selected)}
              onChange={change}
            />
            {shown && (
              <PayloadPanel
                preview={shown}
                marked={marked >= 0 ? marked : null}
                revealed={revealed === shown.row}
                onRow={(row) => setAt({ row, find: null })}
                onFind={(find) =>
                  setAt({
                    row: find === at.find ? (shown.row + 1) % shown.rows : shown.row,
                    find: find || null,
                  })
                }
                onReveal={(reveal) => {
                  setAt({ row: shown.row, find: null });
                  setRevealed(reveal ? shown.row : null);
                }}
              />
            )}
            {saved && (
              <SavedChanges
                changes={changes}
                // Another destination may take other shapes.
                canPutBack={({ line }) => line !== null || shapes.includes(saved.shape)}
                onPutBack={(one) => change(putBack(shaping, saved, one))}
              />
            )}
            <EditList edits={shaping.past} onUndo={() => change(undo(shaping))} />
          </>
        }
      >
        <div className={styles.told}>
          <LeftBehind
            kind={kind}
            action={nobody && <Button onPress={() => go('table')}>{text.table.noIdentifier}</Button>}
          />
        </div>
        {payload.shape === 'track' && (
          <EventName state={shaping} columns={columns} insist={insist} onChange={change} />
        )}
        <PayloadBar
          state={shaping}
          identifiers={identifiers}
          columns={columns.map(({ name }) => name)}
          chosen={selection.chosen}
          onClear={selection.clear}
          search={search}
          onSearch={setSearch}
          onChange={change}
          onShowJson={narrow ? () => setJsonOpen(true) : undefined}
        />
        <PayloadGrid
          state={shaping}
          columns={columns}
          title={(column) => noted(column, column, notes)}
          identifiers={identifiers}
          search={search}
          problems={problems}
          edited={edited}
          selected={selected}
          onSelect={setSelected}
          selection={selection}
          onChange={change}
        />
      </SplitPane>
    </StepFrame>
  );
}
