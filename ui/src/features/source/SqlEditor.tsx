import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { useLeft } from '@/components/use-left';
import { sqlProblem } from './choice';
import { text } from './text';
import styles from './source.module.css';

/** One SELECT; it is read when the user says so, not on every key. */
export function SqlEditor({
  sql,
  busy,
  onChange,
  onRead,
}: {
  sql: string;
  busy: boolean;
  onChange: (sql: string) => void;
  onRead: () => void;
}) {
  const { leave, told } = useLeft<'sql'>();
  return (
    <div className={styles.sql}>
      <TextField
        label={text.sql}
        value={sql}
        onChange={onChange}
        rows={6}
        mono
        help={text.sqlHelp}
        error={told('sql', sqlProblem(sql))}
        onBlur={() => leave('sql')}
        placeholder={'select lead_id, email, lead_score\nfrom analytics.lead_scores\nwhere lead_score > 40'}
      />
      <Button icon="play" busy={busy} isDisabled={!sql.trim()} onPress={onRead}>
        {text.read}
      </Button>
    </div>
  );
}
