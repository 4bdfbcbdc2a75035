import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Field } from '@/api/bindings/Field';
import type { Kind } from '@/api/bindings/Kind';
import type { Mode } from '@/api/bindings/Mode';
import type { Removal } from '@/api/bindings/Removal';
import { Select } from '@/components/Select';
import type { Target } from './target';
import { fieldOfKey, filledByRow, firstTarget, objectOf, takesAny } from './target';
import { text } from './text';
import styles from './target.module.css';

const modes = ['upsert', 'update', 'create', 'mirror', 'append', 'full'] as const satisfies readonly Mode[];
const removals = ['nothing', 'clear', 'delete'] as const satisfies readonly Removal[];

interface Props {
  kind: Kind;
  objects: readonly DestinationObject[];
  /** What the rows fill. */
  fields: readonly Field[];
  rowKey: readonly string[];
  /** Columns of the rows. */
  columns: readonly string[];
  /** Rows become records of an object. */
  records: boolean;
  target: Target;
  onChange: (target: Target) => void;
}

/** Object, match key, mode and what happens to rows that disappear, in one line. */
export function TargetForm(props: Props) {
  const { kind, objects, fields, columns, records, target, onChange } = props;
  const object = objectOf(objects, target.object);
  const any = object !== undefined && takesAny(object);
  const matchable = any
    ? filledByRow(fields).map((key) => ({ value: key, label: key }))
    : (object?.fields ?? [])
        .filter((field) => field.matchable)
        .map(({ name, label }) => ({ value: name, label, detail: name }));
  return (
    <div className={styles.target}>
      {records && (
        <>
          {!any && (
            <Select
              label={text.object}
              value={object?.name ?? null}
              options={objects.map(({ name, label }) => ({ value: name, label }))}
              onChange={(name) =>
                onChange(
                  firstTarget(
                    objects,
                    { ...target, object: name, matchField: '' },
                    fieldOfKey(fields, props.rowKey),
                  ),
                )
              }
            />
          )}
          <Select
            label={text.matchBy}
            help={text.matchHelp}
            value={matchable.find(({ value }) => value === target.matchField)?.value ?? null}
            options={matchable}
            onChange={(matchField) => onChange({ ...target, matchField })}
          />
        </>
      )}
      <Select
        label={text.mode}
        help={text.modeHelp[target.mode]}
        value={target.mode}
        options={modes.map((mode) => ({
          value: mode,
          label: text.modes[mode],
          disabled: kind.modes.includes(mode) ? undefined : text.cannot[mode](kind.label),
        }))}
        onChange={(mode) => onChange({ ...target, mode })}
      />
      {target.mode === 'append' && (
        <Select
          label={text.cursor}
          help={text.cursorHelp}
          value={target.cursor ?? ''}
          options={[
            { value: '', label: text.noCursor },
            ...columns.map((column) => ({ value: column, label: column })),
          ]}
          onChange={(column) => onChange({ ...target, cursor: column || null })}
        />
      )}
      {target.mode === 'mirror' && (
        <Select
          label={text.removed}
          value={target.removed}
          options={removals.map((removal) => ({
            value: removal,
            label: text.removals[removal],
            disabled: kind.removals.includes(removal) ? undefined : text.cannotRemove[removal](kind.label),
          }))}
          onChange={(removed) => onChange({ ...target, removed })}
        />
      )}
    </div>
  );
}
