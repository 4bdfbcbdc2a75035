import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { asProblem } from '@/api/client';
import { useEvent } from '@/api/run-queries';
import { TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { Waiting } from '@/components/Waiting';
import { faultOf } from './payload';
import { Refused } from './Refused';
import { text } from './text';
import styles from './replay.module.css';

/** What was sent, to be corrected. What is shown is what is sent. */
export function Correction({
  event,
  definition,
  written,
  onWrite,
}: {
  event: string;
  /** Its sync, once that is known. */
  definition: SyncDefinition | undefined;
  written: string | null;
  onWrite: (written: string | null) => void;
}) {
  const { data, error } = useEvent(event, true);
  const detail = data?.event.event === event ? data : undefined;
  if (error) return <ProblemBox problem={asProblem(error)} />;
  if (!detail) return <Waiting label={text.reading} rows={3} />;
  const sent = detail.payload_pretty;
  const found = definition?.shape.type === 'record' ? definition.shape.match_field : null;
  return (
    <div className={styles.wide}>
      {definition && <Refused detail={detail} definition={definition} />}
      <TextField
        label={text.payload}
        mono
        rows={14}
        value={written ?? sent}
        onChange={(value) => onWrite(value === sent ? null : value)}
        error={written === null ? undefined : faultOf(written)}
        help={text.help(found)}
      />
    </div>
  );
}
