import type { Column } from '@/api/bindings/Column';
import { Segmented } from '@/components/Choice';
import { TextField } from '@/components/Field';
import { Select } from '@/components/Select';
import { t } from '@/components/text';
import { useLeft } from '@/components/use-left';
import * as actions from './actions';
import type { Shaping } from './edits';
import { text } from './text';
import styles from './payload.module.css';

/** The name of a track event: the same for every row, or from a column. */
export function EventName({
  state,
  columns,
  insist,
  onChange,
}: {
  state: Shaping;
  columns: readonly Column[];
  insist: boolean;
  onChange: (state: Shaping) => void;
}) {
  const { eventName, eventNameColumn } = state.payload;
  const fixed = eventNameColumn === null;
  const { leave, told } = useLeft<'name'>(insist);
  return (
    <div className={styles.eventName}>
      <span className={t('label')}>{text.eventName}</span>
      <Segmented
        label={text.eventFrom}
        value={fixed ? 'fixed' : 'column'}
        onChange={(value) =>
          onChange(
            actions.setEventName(state, {
              eventNameColumn: value === 'fixed' ? null : '',
            }),
          )
        }
        options={[
          { value: 'fixed', label: text.fixed },
          { value: 'column', label: text.fromColumn },
        ]}
      />
      <div className={styles.eventValue}>
        {fixed ? (
          <TextField
            label={text.eventName}
            hideLabel
            size="sm"
            value={eventName}
            placeholder="Workspace Created"
            onChange={(name) => onChange(actions.setEventName(state, { eventName: name }))}
            error={told('name', eventName.trim() ? undefined : text.eventNameMissing)}
            onBlur={() => leave('name')}
          />
        ) : (
          <Select
            label={text.eventColumn}
            hideLabel
            size="sm"
            mono
            placeholder={text.eventColumnChoose}
            value={eventNameColumn || null}
            error={insist && !eventNameColumn ? text.eventColumnMissing : undefined}
            options={columns.map(({ name }) => ({ value: name, label: name }))}
            onChange={(column) => onChange(actions.setEventName(state, { eventNameColumn: column }))}
          />
        )}
      </div>
    </div>
  );
}
