import { useState } from 'react';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Kind } from '@/api/bindings/Kind';
import type { MappingCheck } from '@/api/bindings/MappingCheck';
import { SplitPane } from '@/components/SplitPane';
import { nameAll, setDisguise, setOnlyIfEmpty, setRule, tickMany } from '@/features/payload/actions';
import type { Shaping } from '@/features/payload/edits';
import { DisguiseSelect } from '@/features/payload/DisguiseSelect';
import { type Line, choosable } from '@/features/payload/model';
import { text as payloadText } from '@/features/payload/text';
import { FieldDetail } from '@/features/target/FieldDetail';
import { FieldTable } from '@/features/target/FieldTable';
import type { MappedLine } from '@/features/target/target';
import { text } from '@/features/target/text';
import { useWizard } from './context';

const nameOf = ({ value }: Line): string =>
  value.type === 'column'
    ? value.column
    : value.type === 'template'
      ? value.template
      : JSON.stringify(value.constant);

const mapped = (line: Line): MappedLine => ({
  id: line.id,
  on: line.on,
  key: line.key,
  name: nameOf(line),
  null: line.value.type === 'constant' ? null : line.null,
  onlyIfEmpty: line.onlyIfEmpty ?? false,
});

/** The object's fields with what fills each, and beside them all about the one that is selected. */
export function FieldPane({
  kind,
  object,
  check,
}: {
  kind: Kind;
  object: DestinationObject;
  check: MappingCheck | undefined;
}) {
  const { state, dispatch } = useWizard();
  const [selected, setSelected] = useState<string | null>(null);
  const { shaping, target } = state;
  const lines = choosable(shaping.payload, state.source.identifiers);
  const keep = (next: Shaping) => dispatch({ type: 'shaping', shaping: next });
  const change = (id: string, edit: (line: Line) => Shaping) => {
    const line = lines.find((one) => one.id === id);
    if (line) keep(edit(line));
  };
  const onOnlyIfEmpty = (id: string, only: boolean) =>
    change(id, (line) => setOnlyIfEmpty(shaping, line, only));
  const field = object.fields.find(({ name }) => name === selected);
  const filling = field && lines.find((line) => line.on && line.key === field.name);
  const close = () => setSelected(null);
  const detail = field && (
    <FieldDetail
      field={field}
      line={filling && mapped(filling)}
      mismatches={filling ? (check?.mismatches.filter((one) => one.field === field.name) ?? []) : []}
      label={kind.label}
      reads={kind.reads}
      matchField={target.matchField}
      rules={
        filling &&
        filling.value.type !== 'constant' && (
          <DisguiseSelect
            label={payloadText.hashOf(field.label)}
            value={filling.hash ?? null}
            onChange={(hash) => keep(setDisguise(shaping, new Set([filling.id]), hash))}
          />
        )
      }
      onOnlyIfEmpty={onOnlyIfEmpty}
      onClose={close}
    />
  );
  return (
    <SplitPane
      id="field"
      label={text.fieldPane}
      size={304}
      shown={detail !== undefined}
      open={detail !== undefined}
      side={detail}
    >
      <FieldTable
        object={object}
        lines={lines.map(mapped)}
        target={target}
        check={check}
        reads={kind.reads}
        selected={selected}
        onSelect={(row) => setSelected(row.field.name)}
        actions={{
          onName: (keys) => keep(nameAll(shaping, keys)),
          onLeaveOut: (ids) => keep(tickMany(shaping, new Set(ids), false, '')),
          onNull: (id, rule) => change(id, (line) => setRule(shaping, line, rule)),
          onOnlyIfEmpty,
        }}
      />
    </SplitPane>
  );
}
