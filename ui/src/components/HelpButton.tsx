import { useEffect } from 'react';
import { IconButton } from './Button';
import { help, helpShortcut } from './help';

/** Opens the help of the screen in whose head it is. */
export function HelpButton({ screen }: { screen: string }) {
  useEffect(() => help.enter(screen), [screen]);
  return (
    <IconButton
      icon="help"
      size="md"
      label="Help on this screen"
      keys={helpShortcut.keys}
      onPress={() => help.open('screen')}
    />
  );
}
