import type { DestinationField } from '@/api/bindings/DestinationField';
import type { NullRule } from '@/api/bindings/NullRule';
import { Button, IconButton } from '@/components/Button';
import type { GridColumn } from '@/components/DataGrid';
import { Icon } from '@/components/Icon';
import { Select } from '@/components/Select';
import { Badge, State } from '@/components/State';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { typeWords } from '../column-types';
import type { FieldRow } from './fields';
import type { MappedLine } from './target';
import { text } from './text';
import styles from './target.module.css';

export interface FieldActions {
  /** Names lines after fields: the field's name by the id of the line. */
  onName: (keys: Record<string, string>) => void;
  onLeaveOut: (ids: string[]) => void;
  onNull: (id: string, rule: NullRule) => void;
  onOnlyIfEmpty: (id: string, only: boolean) => void;
  /** The suggestion for this field is not wanted. */
  onDrop: (field: string) => void;
}

interface Context {
  lines: readonly MappedLine[];
  /** Names of the object's fields. */
  names: ReadonlySet<string>;
  matchField: string;
  /** The destination can be read, so that it is known what is empty there. */
  reads: boolean;
  /** There is little room. */
  narrow: boolean;
  /** The sample rows were looked at. */
  checked: boolean;
  actions: FieldActions;
}

/** A field's type in the words of the payload's columns; the destination's own where it is none of them. */
function typeOf({ takes, field_type }: DestinationField): string {
  switch (takes.type) {
    case 'text':
      return typeWords.text;
    case 'number':
      return takes.decimals === 0 ? typeWords.integer : typeWords.number;
    case 'boolean':
      return typeWords.boolean;
    case 'date':
      return typeWords.date;
    case 'moment':
      return typeWords.timestamp;
    case 'email':
      return text.types.email;
    case 'one_of':
      return text.types.oneOf;
    case 'some_of':
      return text.types.someOf;
    case 'anything':
      return field_type;
  }
}

function Name({ row: { field }, matchField }: { row: FieldRow; matchField: string }) {
  return (
    <span className={styles.field}>
      <span className={t('row')}>
        <span className={t('medium', 'cut')} dir="auto">
          {field.label}
        </span>
        {field.name === matchField ? (
          <Badge icon="key">{text.matchKey}</Badge>
        ) : (
          field.required && <Badge>{text.required}</Badge>
        )}
        {field.custom && <Badge>{text.custom}</Badge>}
      </span>
      <bdi className={styles.api}>{field.name}</bdi>
    </span>
  );
}

function From({ row, context }: { row: FieldRow; context: Context }) {
  const { field, line, suggested } = row;
  const { lines, names, actions } = context;
  if (!field.writable) return <span className={t('faint')}>{text.readOnly}</span>;
  if (suggested)
    return (
      <span className={t('mono', 'cut', 'soft')} dir="auto">
        {suggested.name}
      </span>
    );
  return (
    <Select
      label={`${text.from}: ${field.label}`}
      hideLabel
      look="bare"
      mono
      excludeFromTabOrder
      className={styles.from}
      placeholder={text.nothing}
      problem={row.fit === 'open'}
      value={line?.id ?? null}
      options={[
        ...(line ? [{ value: '', label: text.nothing }] : []),
        ...lines.map((one) => ({
          value: one.id,
          label: one.name,
          ...(one.on && names.has(one.key) && one.id !== line?.id ? { detail: `→ ${one.key}` } : {}),
        })),
      ]}
      onChange={(id) => {
        if (id) actions.onName({ [id]: field.name });
        else if (line) actions.onLeaveOut([line.id]);
      }}
    />
  );
}

function IfNull({ line, actions }: { line: MappedLine | undefined; actions: FieldActions }) {
  if (!line || line.null === null) return null;
  return (
    <Select
      label={text.ifNullOf(line.key)}
      hideLabel
      look="bare"
      excludeFromTabOrder
      className={styles.rule}
      value={line.null}
      options={(['send', 'leave_out', 'clear'] as const).map((value) => ({
        value,
        label: text.nullRules[value],
      }))}
      onChange={(rule) => actions.onNull(line.id, rule)}
    />
  );
}

function IfEmpty({ row, context }: { row: FieldRow; context: Context }) {
  const { line, field } = row;
  if (!line || field.name === context.matchField) return null;
  return (
    <label className={cx(styles.tick, line.onlyIfEmpty && styles.tickOn)}>
      <input
        type="checkbox"
        data-cell-focus=""
        tabIndex={-1}
        checked={line.onlyIfEmpty}
        aria-label={text.onlyIfEmptyOf(field.label)}
        onChange={(event) => context.actions.onOnlyIfEmpty(line.id, event.target.checked)}
      />
      <Icon name="check" size={12} />
    </label>
  );
}

function FitCell({ row, context }: { row: FieldRow; context: Context }) {
  const { field, suggested, mismatches, fit } = row;
  switch (fit) {
    case 'suggested':
      return (
        <>
          <Button
            size="sm"
            icon="check"
            excludeFromTabOrder
            aria-label={text.acceptOf(suggested?.name ?? '', field.label)}
            onPress={() => suggested && context.actions.onName({ [suggested.id]: field.name })}
            data-cell-focus=""
          >
            {text.accept}
          </Button>
          <IconButton
            icon="cross"
            label={text.dropOf(field.label)}
            excludeFromTabOrder
            onPress={() => context.actions.onDrop(field.name)}
          />
        </>
      );
    case 'misfit':
      return (
        <State state="completedWithRejections">
          {mismatches[0] && text.misfits[mismatches[0].kind](mismatches[0].different, field.takes.type)}
        </State>
      );
    case 'open':
      return <State state="needsYou">{text.open}</State>;
    case 'match':
    case 'fits':
      return (
        context.checked && (
          <State state="healthy" quiet>
            {text.fits}
          </State>
        )
      );
    case 'read_only':
    case 'not_sent':
      return null;
  }
}

/** The field table's columns. */
export function fieldColumns(context: Context): GridColumn<FieldRow>[] {
  const head = text.heads;
  const columns: GridColumn<FieldRow>[] = [
    {
      id: 'field',
      head: head.field,
      width: 'grow',
      min: 168,
      cell: (row) => <Name row={row} matchField={context.matchField} />,
    },
    {
      id: 'type',
      head: head.type,
      width: 96,
      cell: ({ field }) => (
        <span className={t('sm', 'soft', 'cut')} title={field.options.join(', ') || field.field_type}>
          {typeOf(field)}
        </span>
      ),
    },
    { id: 'from', head: head.from, width: 168, cell: (row) => <From row={row} context={context} /> },
    {
      id: 'ifNull',
      head: head.ifNull,
      width: 108,
      cell: ({ line }) => <IfNull line={line} actions={context.actions} />,
    },
    {
      id: 'ifEmpty',
      head: head.ifEmpty,
      width: 64,
      align: 'center',
      cell: (row) => <IfEmpty row={row} context={context} />,
    },
    { id: 'fit', head: head.fit, width: 140, cell: (row) => <FitCell row={row} context={context} /> },
  ];
  // What a narrow table loses stands beside it, for the field that is selected.
  const lost = [
    ...(context.reads && !context.narrow ? [] : ['ifEmpty']),
    ...(context.narrow ? ['type'] : []),
  ];
  return columns.filter(({ id }) => !lost.includes(id));
}
