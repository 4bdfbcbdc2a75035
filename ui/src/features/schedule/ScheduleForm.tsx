import { useId, useState } from 'react';
import { ChoiceGroup, ChoiceRow, Segmented } from '@/components/Choice';
import { Help, TextField } from '@/components/Field';
import { AtTimes } from './AtTimes';
import { type ScheduleForm as Form, scheduleErrors } from './form';
import { text } from './text';
import { ZonePicker } from './ZonePicker';
import styles from './schedule.module.css';

interface Props {
  form: Form;
  zones: readonly string[];
  /** This computer's zone. */
  here: string;
  cronProblem: string | undefined;
  onChange: (form: Form) => void;
}

/** When it runs: by hand, every so often, at times, or by cron. */
export function ScheduleForm({ form, zones, here, cronProblem, onChange }: Props) {
  const errors = scheduleErrors(form);
  const help = useId();
  // What is typed is checked when its field is left.
  const [typing, setTyping] = useState(false);
  const zone = (
    <ZonePicker
      zone={form.zone}
      zones={zones}
      here={here}
      onChange={(next) => onChange({ ...form, zone: next })}
    />
  );
  return (
    <ChoiceGroup
      label={text.group}
      value={form.type}
      onChange={(type) => onChange({ ...form, type: type as Form['type'] })}
    >
      <ChoiceRow
        value="manual"
        title={text.manual[0]}
        detail={text.manual[1]}
        open={form.type === 'manual'}
      />
      <ChoiceRow value="every" title={text.every[0]} detail={text.every[1]} open={form.type === 'every'}>
        <div className={styles.every}>
          <TextField
            label={text.everyLabel}
            value={form.amount}
            onChange={(amount) => onChange({ ...form, amount })}
            onFocus={() => setTyping(true)}
            onBlur={() => setTyping(false)}
            describedBy={help}
            wrong={!typing && errors.amount !== undefined}
          />
          <div className={styles.unit}>
            <Segmented
              label={text.unit}
              value={form.unit}
              onChange={(unit) => onChange({ ...form, unit })}
              options={[
                { value: 'minutes', label: text.minutes },
                { value: 'hours', label: text.hours },
              ]}
            />
          </div>
        </div>
        {errors.amount && !typing ? (
          <Help tone="error" id={help}>
            {errors.amount}
          </Help>
        ) : (
          <Help id={help}>{text.everyHelp}</Help>
        )}
      </ChoiceRow>
      <ChoiceRow value="at" title={text.at[0]} detail={text.at[1]} open={form.type === 'at'}>
        <AtTimes form={form} errors={errors} onChange={onChange} />
        {zone}
      </ChoiceRow>
      <ChoiceRow value="cron" title={text.cron[0]} detail={text.cron[1]} open={form.type === 'cron'}>
        <div className={styles.cron}>
          <TextField
            label={text.expression}
            mono
            value={form.expression}
            onChange={(expression) => onChange({ ...form, expression })}
            help={text.expressionHelp}
            onFocus={() => setTyping(true)}
            onBlur={() => setTyping(false)}
            error={typing ? undefined : cronProblem}
          />
        </div>
        {zone}
      </ChoiceRow>
    </ChoiceGroup>
  );
}
