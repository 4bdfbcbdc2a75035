import { useAppInfo, useSchedule, useTimeZones } from '@/api/queries';
import { SplitPane } from '@/components/SplitPane';
import { scheduleErrors, toSchedule } from '@/features/schedule/form';
import { ScheduleForm } from '@/features/schedule/ScheduleForm';
import { ScheduleMeaning } from '@/features/schedule/ScheduleMeaning';
import { text as words } from '@/features/schedule/text';
import { useWizard } from './context';
import { StepFrame } from './StepFrame';
import { text } from './text';
import styles from './wizard.module.css';

export function ScheduleStep() {
  const { state, dispatch, go } = useWizard();
  const { schedule: form } = state;
  const zones = useTimeZones().data ?? [];
  const here = useAppInfo().data?.time_zone ?? form.zone;
  const schedule = toSchedule(form);
  const described = useSchedule(schedule);
  const description = schedule && described.data ? described.data : undefined;
  const problem = form.type === 'cron' ? description?.problem : undefined;
  const errors = Object.values(scheduleErrors(form));
  const problems =
    errors.length > 0
      ? errors
      : description?.problem && !described.isPlaceholderData
        ? [description.problem.message]
        : [];
  return (
    <StepFrame
      step="schedule"
      title={text.schedule.title}
      about={text.schedule.text}
      problems={problems}
      main={{ label: text.next, onPress: () => go('destination') }}
    >
      <SplitPane
        id="schedule"
        label={words.meaning}
        size={432}
        side={<ScheduleMeaning form={form} description={description} />}
      >
        <div className={styles.scroll}>
          <ScheduleForm
            form={form}
            zones={zones}
            here={here}
            cronProblem={problem ? `${problem.message} ${problem.hint}` : undefined}
            onChange={(next) => dispatch({ type: 'schedule', schedule: next })}
          />
        </div>
      </SplitPane>
    </StepFrame>
  );
}
