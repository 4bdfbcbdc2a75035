import { useId, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { Button, IconButton } from '@/components/Button';
import { Caption, Help, TextField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { cx } from '@/components/cx';
import { withClocks } from '@/components/times';
import { type ScheduleForm, dayIds, isTime, tidyTime } from './form';
import { text } from './text';
import styles from './schedule.module.css';

/** Weekdays and times of day. */
export function AtTimes({
  form,
  errors,
  onChange,
}: {
  form: ScheduleForm;
  errors: { days?: string; times?: string };
  onChange: (form: ScheduleForm) => void;
}) {
  const help = useId();
  // A time is checked when its field is left.
  const [editing, setEditing] = useState<number | null>(null);
  const wrong = form.times.some((time, at) => at !== editing && !isTime(time));
  const setTime = (index: number, time: string) =>
    onChange({ ...form, times: form.times.map((old, at) => (at === index ? time : old)) });
  return (
    <>
      <div className={styles.field} role="group" aria-label={text.days}>
        <Caption>{text.days}</Caption>
        <div className={styles.days}>
          {dayIds.map((day, index) => {
            const on = form.days.includes(day);
            return (
              <ToggleButton
                key={day}
                {...(errors.days && index === 0 ? { 'data-first-problem': '' } : {})}
                isSelected={on}
                onChange={() =>
                  onChange({
                    ...form,
                    days: on
                      ? form.days.filter((other) => other !== day)
                      : dayIds.filter((other) => other === day || form.days.includes(other)),
                  })
                }
                className={cx(styles.day)}
              >
                {on && <Icon name="check" size={12} />}
                {text.dayNames[day]}
              </ToggleButton>
            );
          })}
        </div>
        {errors.days && <Help tone="error">{errors.days}</Help>}
      </div>
      <div className={styles.field} role="group" aria-label={text.times}>
        <Caption>{text.times}</Caption>
        <div className={styles.times}>
          {form.times.map((time, index) => (
            <div key={index} className={styles.time}>
              <TextField
                label={text.timeLabel(index + 1)}
                hideLabel
                // As all times are written, but for the one that is typed.
                value={editing === index ? time : withClocks(time)}
                placeholder={withClocks('08:30')}
                describedBy={help}
                wrong={!isTime(time) && editing !== index}
                onChange={(value) => setTime(index, value)}
                onFocus={() => setEditing(index)}
                onBlur={() => {
                  setEditing(null);
                  setTime(index, tidyTime(time));
                }}
                after={
                  form.times.length > 1 && (
                    <IconButton
                      icon="cross"
                      label={text.removeTime(withClocks(time))}
                      onPress={() => onChange({ ...form, times: form.times.filter((_, at) => at !== index) })}
                    />
                  )
                }
              />
            </div>
          ))}
          <Button
            look="quiet"
            icon="plus"
            size="lg"
            onPress={() =>
              onChange({ ...form, times: [...form.times, form.times.includes('13:00') ? '17:00' : '13:00'] })
            }
          >
            {text.addTime}
          </Button>
        </div>
        {errors.times && (wrong || form.times.length === 0) ? (
          <Help tone="error" id={help}>
            {withClocks(errors.times)}
          </Help>
        ) : (
          <Help id={help}>{withClocks(text.timesHelp)}</Help>
        )}
      </div>
    </>
  );
}
