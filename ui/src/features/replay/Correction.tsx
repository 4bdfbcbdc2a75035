import { asProblem } from '@/api/client';
import { useEvent } from '@/api/run-queries';
import { TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { Waiting } from '@/components/Waiting';
import { isObject } from './payload';
import { text } from './text';
import styles from './replay.module.css';

/** What was sent, to be corrected. What is shown is what is sent. */
export function Correction({
  event,
  written,
  onWrite,
}: {
  event: string;
  written: string | null;
  onWrite: (written: string | null) => void;
}) {
  const { data, error } = useEvent(event, true);
  const sent = data?.event.event === event ? data.payload_pretty : undefined;
  if (error) return <ProblemBox problem={asProblem(error)} />;
  if (sent === undefined) return <Waiting label={text.reading} rows={3} />;
  return (
    <div className={styles.wide}>
      <TextField
        label={text.payload}
        mono
        rows={14}
        value={written ?? sent}
        onChange={(value) => onWrite(value === sent ? null : value)}
        error={written === null || isObject(written) ? undefined : text.notJson}
        help={text.help}
      />
    </div>
  );
}
