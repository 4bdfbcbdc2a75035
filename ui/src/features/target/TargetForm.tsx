import type { DestinationObject } from '@/api/bindings/DestinationObject';
import type { Kind } from '@/api/bindings/Kind';
import { Select } from '@/components/Select';
import type { Target } from './target';
import { firstTarget } from './target';
import { text } from './text';
import styles from './target.module.css';

interface Props {
  kind: Kind;
  objects: readonly DestinationObject[];
  /** Columns of the rows. */
  columns: readonly string[];
  /** Rows become records of an object. */
  records: boolean;
  target: Target;
  onChange: (target: Target) => void;
}

/** Object, match key, mode and what happens to rows that disappear, in one line. */
export function TargetForm({ kind, objects, columns, records, target, onChange }: Props) {
  const object = objects.find(({ name }) => name === target.object);
  return (
    <div className={styles.target}>
      {records && (
        <>
          <Select
            label={text.object}
            value={object?.name ?? null}
            options={objects.map(({ name, label }) => ({ value: name, label }))}
            onChange={(name) => onChange(firstTarget(objects, { ...target, object: name, matchField: '' }))}
          />
          <Select
            label={text.matchBy}
            help={text.matchHelp}
            value={target.matchField || null}
            options={(object?.fields ?? [])
              .filter(({ matchable }) => matchable)
              .map(({ name, label }) => ({ value: name, label, detail: name }))}
            onChange={(matchField) => onChange({ ...target, matchField })}
          />
        </>
      )}
      <Select
        label={text.mode}
        help={text.modeHelp[target.mode]}
        value={target.mode}
        options={kind.modes.map((mode) => ({ value: mode, label: text.modes[mode] }))}
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
          options={kind.removals.map((removal) => ({ value: removal, label: text.removals[removal] }))}
          onChange={(removed) => onChange({ ...target, removed })}
        />
      )}
    </div>
  );
}
