import type { DestinationField } from '@/api/bindings/DestinationField';
import type { DestinationObject } from '@/api/bindings/DestinationObject';
import { Button } from '@/components/Button';
import { DataGrid, type GridColumn } from '@/components/DataGrid';
import { Select } from '@/components/Select';
import { Badge } from '@/components/State';
import { t } from '@/components/text';
import { type MappedLine, type Target, suggestions, unknownTo } from './target';
import { text } from './text';
import styles from './target.module.css';

interface Props {
  object: DestinationObject;
  lines: readonly MappedLine[];
  target: Target;
  /** Names lines after fields: the field's name by the id of the line. */
  onName: (keys: Record<string, string>) => void;
  onLeaveOut: (ids: string[]) => void;
}

/** The object's own fields, what fills each, and suggestions to accept. */
export function FieldTable({ object, lines, target, onName, onLeaveOut }: Props) {
  const suggested = suggestions(object, lines);
  const names = new Set(object.fields.map(({ name }) => name));
  const unknown = unknownTo(
    object,
    lines.filter(({ on }) => on),
  );
  const sourceOf = (field: DestinationField) => lines.find(({ on, key }) => on && key === field.name);
  const columns: GridColumn<DestinationField>[] = [
    {
      id: 'field',
      head: text.field,
      width: 'grow',
      min: 200,
      cell: (field) => (
        <span className={styles.field}>
          <span className={t('row')}>
            <span className={t('medium', 'cut')} dir="auto">
              {field.label}
            </span>
            {field.name === target.matchField ? (
              <Badge icon="key">{text.matchKey}</Badge>
            ) : (
              field.required && <Badge>{text.required}</Badge>
            )}
          </span>
          <span className={styles.api}>{field.name}</span>
        </span>
      ),
    },
    {
      id: 'type',
      head: text.type,
      width: 130,
      cell: (field) => (
        <span className={t('sm', 'soft', 'cut')} title={field.options.join(', ')}>
          {field.field_type}
        </span>
      ),
    },
    {
      id: 'from',
      head: text.from,
      width: 300,
      cell: (field) => {
        if (!field.writable) return <span className={t('faint')}>{text.readOnly}</span>;
        const source = sourceOf(field);
        const suggestion = suggested[field.name];
        if (!source && suggestion) {
          return (
            <>
              <span className={t('cut', 'soft', 'grow')}>{text.suggested(suggestion.name)}</span>
              <Button
                size="sm"
                icon="check"
                excludeFromTabOrder
                onPress={() => onName({ [suggestion.id]: field.name })}
                data-cell-focus=""
              >
                {text.accept}
              </Button>
            </>
          );
        }
        return (
          <Select
            label={`${text.from}: ${field.label}`}
            hideLabel
            look="bare"
            mono
            excludeFromTabOrder
            className={styles.from}
            placeholder={text.nothing}
            value={source?.id ?? null}
            options={[
              ...(source ? [{ value: '', label: text.nothing }] : []),
              ...lines.map((line) => ({
                value: line.id,
                label: line.name,
                ...(line.on && names.has(line.key) && line.id !== source?.id
                  ? { detail: `→ ${line.key}` }
                  : {}),
              })),
            ]}
            onChange={(id) => {
              if (id) onName({ [id]: field.name });
              else if (source) onLeaveOut([source.id]);
            }}
          />
        );
      },
    },
  ];
  const open = Object.entries(suggested);
  return (
    <section className={styles.table} aria-label={text.fields}>
      <div className={styles.tableBar}>
        <h2 className={t('label')}>{text.fields}</h2>
        <span className={t('sm', 'faint')}>{text.fieldsHelp(object.label)}</span>
        <span className={t('push')} />
        {unknown.length > 0 && (
          <>
            <span className={t('sm', 'soft')} title={unknown.map(({ key }) => key).join(', ')}>
              {text.unknown(unknown.length, object.label)}
            </span>
            <Button size="sm" onPress={() => onLeaveOut(unknown.map(({ id }) => id))}>
              {text.leaveOut}
            </Button>
          </>
        )}
        {open.length > 0 && (
          <Button
            size="sm"
            icon="suggest"
            onPress={() => onName(Object.fromEntries(open.map(([name, line]) => [line.id, name])))}
          >
            {text.acceptAll(open.length)}
          </Button>
        )}
      </div>
      <DataGrid
        className={styles.fieldGrid ?? ''}
        label={text.fields}
        columns={columns}
        rows={object.fields}
        rowKey={({ name }) => name}
        rowHeight={42}
        rowLook={(field) =>
          !field.writable ? 'out' : !sourceOf(field) && suggested[field.name] ? 'new' : undefined
        }
      />
    </section>
  );
}
