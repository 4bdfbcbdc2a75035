import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { asProblem, call } from '@/api/client';
import { Button } from '@/components/Button';
import { copyText } from '@/components/copy';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { ScrollRegion } from '@/components/ScrollRegion';
import { toasts } from '@/components/toasts';
import { host } from '@/host';
import { text } from './text';
import styles from './help.module.css';

const words = text.support;
const key = ['support'];

/** What a supporter needs to know, shown as it is copied. */
export function SupportDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  // Gathered anew each time: what was the case before helps nobody.
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => call('support', { path: null }),
    gcTime: 0,
  });
  const saving = useMutation({
    mutationFn: (path: string) => call('support', { path }),
    onSuccess: (written) => {
      // What is in the file is what is shown.
      client.setQueryData(key, written);
      toasts.show(words.saved);
    },
  });
  const save = async () => {
    const path = await host().saveFile({ title: words.title, name: 'sluice-support.md', endings: ['md'] });
    if (path !== null) saving.mutate(path);
  };
  const problem = error ?? saving.error;
  const missing = data === undefined;
  return (
    <Dialog
      open
      width="wide"
      onClose={onClose}
      title={words.title}
      actions={
        <>
          <Button onPress={onClose}>{words.close}</Button>
          <Button isDisabled={missing} busy={saving.isPending} onPress={() => void save()}>
            {words.save}
          </Button>
          <Button look="primary" isDisabled={missing} onPress={() => void copyText(data ?? '', words.copied)}>
            {words.copy}
          </Button>
        </>
      }
    >
      <div className={styles.support}>
        <p>{words.isIn}</p>
        <p>{words.isNot}</p>
        {problem && <ProblemBox problem={asProblem(problem)} />}
        {missing ? (
          !error && <p role="status">{words.reading}</p>
        ) : (
          <ScrollRegion label={words.title} className={styles.text}>
            <pre>{data}</pre>
          </ScrollRegion>
        )}
      </div>
    </Dialog>
  );
}
