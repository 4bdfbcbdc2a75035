import { useState } from 'react';
import type { PersonHistory } from '@/api/bindings/PersonHistory';
import { Button, IconButton, LinkButton } from '@/components/Button';
import { SearchField } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { Toolbar } from '@/components/Page';
import { Badge } from '@/components/State';
import { useMedia } from '@/components/use-media';
import { text } from './text';
import styles from './people.module.css';

/** Who it is about, whether values are masked, and the way to another person. */
export function PersonHead({
  history,
  reveal,
  onReveal,
  onAbout,
  onExport,
}: {
  history: PersonHistory | null;
  reveal: boolean;
  onReveal: (reveal: boolean) => void;
  onAbout: (about: string | undefined) => void;
  onExport: (() => void) | undefined;
}) {
  const narrow = useMedia('(max-width: 900px)');
  const [typed, setTyped] = useState('');
  const some = history !== null && history.entries.length > 0;
  // What was searched for may be personal itself: the title has the name the program gives, masked as the rest.
  const name = history?.names[0]?.[1] ?? text.person;
  const find = (about: string) => {
    if (about.trim() === '') return;
    setTyped('');
    onAbout(about.trim());
  };
  return (
    <Toolbar
      help="people"
      title={
        <>
          <span className={styles.crumb}>
            <LinkButton onPress={() => onAbout(undefined)}>{text.title}</LinkButton>
            <Icon name="right" size={12} />
          </span>
          <bdi className={styles.who}>{name}</bdi>
        </>
      }
      note={
        (some || reveal) && (
          <span className={styles.mask}>
            {history && (
              <Badge tone="personal" icon={history.masked ? 'eyeoff' : 'eye'}>
                {history.masked ? text.masked : text.shown}
              </Badge>
            )}
            <Button look="quiet" size="sm" onPress={() => onReveal(!reveal)}>
              {reveal ? text.mask : text.show}
            </Button>
          </span>
        )
      }
    >
      <SearchField
        label={text.findAnother}
        value={typed}
        onChange={setTyped}
        onSubmit={find}
        className={styles.another}
      />
      {onExport && narrow && (
        <IconButton icon="export" size="md" label={text.export} isDisabled={!some} onPress={onExport} />
      )}
      {onExport && !narrow && (
        <Button look="quiet" icon="export" isDisabled={!some} onPress={onExport}>
          {text.export}
        </Button>
      )}
    </Toolbar>
  );
}
