import { useSyncExternalStore } from 'react';
import { useErrors } from '@/api/queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { help, helpShortcut } from '@/components/help';
import { tour } from '@/components/tour';
import { useShortcut } from '@/components/use-shortcut';
import { ErrorHelp } from './ErrorHelp';
import { ScreenPage } from './ScreenPage';
import { SupportDialog } from './SupportDialog';
import { screens, text, wizardScreens } from './text';
import styles from './help.module.css';

function ErrorSheet({ code }: { code: string }) {
  const page = useErrors().data?.find((one) => one.code === code);
  return (
    <Sheet title={page?.title ?? text.title(code)}>
      <ErrorHelp code={code} />
    </Sheet>
  );
}

function Sheet({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Dialog
      open
      side
      onClose={help.close}
      title={title}
      actions={<Button onPress={help.close}>{text.close}</Button>}
    >
      {children}
    </Dialog>
  );
}

/** The help at the right edge of the window: of the screen one is at, with all keys, or of an error. */
export function HelpSheet() {
  const about = useSyncExternalStore(help.subscribe, help.about);
  const screen = useSyncExternalStore(help.subscribe, help.screen);
  useShortcut(helpShortcut, () => help.open('screen'));
  if (about === null) return null;
  if (about === 'support') return <SupportDialog onClose={help.close} />;
  if (about !== 'screen') return <ErrorSheet code={about.code} />;
  return (
    <Sheet title={text.title(screen === null ? undefined : screens[screen]?.title)}>
      <ScreenPage screen={screen} />
      <div className={styles.buttons}>
        {screen !== null && !wizardScreens.includes(screen) && (
          <Button size="sm" onPress={() => (help.close(), tour.start())}>
            {text.takeTour}
          </Button>
        )}
        <Button size="sm" onPress={() => help.open('support')}>
          {text.support.open}
        </Button>
      </div>
    </Sheet>
  );
}
