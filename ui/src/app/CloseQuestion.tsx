import { useEffect, useState } from 'react';
import { asProblem } from '@/api/client';
import { useAppInfo, useCommand } from '@/api/queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { ProblemBox } from '@/components/ProblemBox';
import { host } from '@/host';

const text = {
  title: 'Keep Sluice running when its window is closed?',
  about: 'Schedules then go on, and Sluice stays in the tray. You can change this in the settings.',
  keep: 'Keep running',
  quit: 'Quit Sluice',
};

/** Asked once: what closing the window means. The answer is a setting. */
export function CloseQuestion() {
  const settings = useAppInfo().data?.settings;
  const save = useCommand('settings_save', ['app_info']);
  const [asked, setAsked] = useState(false);
  useEffect(() => host().onCloseAsked(() => setAsked(true)), []);

  const answer = (keep_in_tray: boolean) => {
    if (!settings) return;
    const then = { onSuccess: () => (setAsked(false), void host().close()) };
    save.mutate({ ...settings, keep_in_tray }, then);
  };
  return (
    <Dialog
      alert
      open={asked}
      onClose={() => setAsked(false)}
      title={text.title}
      actions={
        <>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- focus belongs on the answer that loses nothing */}
          <Button autoFocus onPress={() => answer(true)}>
            {text.keep}
          </Button>
          <Button onPress={() => answer(false)}>{text.quit}</Button>
        </>
      }
    >
      {save.error ? <ProblemBox problem={asProblem(save.error)} /> : <p>{text.about}</p>}
    </Dialog>
  );
}
