import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components';
import { Icon } from '@/components/Icon';
import { cx } from '@/components/cx';
import { text } from './text';
import styles from './schedule.module.css';

/** Any of the world's time zones, found by typing a part of its name. */
export function ZonePicker({
  zone,
  zones,
  here,
  onChange,
}: {
  zone: string;
  zones: readonly string[];
  here: string;
  onChange: (zone: string) => void;
}) {
  const all = [...new Set([zone, ...zones])].map((name) => ({ id: name, name }));
  return (
    <ComboBox
      defaultItems={all}
      value={zone}
      onChange={(key) => key !== null && onChange(String(key))}
      className={cx(styles.zone)}
    >
      <Label className={cx(styles.zoneLabel)}>
        {text.zone}
        {zone === here && <span className={styles.zoneHere}>{text.thisComputer}</span>}
      </Label>
      <div className={styles.zoneInput}>
        <Input className={cx(styles.zoneText)} />
        <Button className={cx(styles.zoneButton)} aria-label={text.searchZone}>
          <Icon name="updown" size={14} />
        </Button>
      </div>
      <Text slot="description" className={cx(styles.zoneHelp)}>
        {text.zoneHelp}
      </Text>
      <Popover className={cx(styles.zonePopover)} offset={4}>
        <ListBox className={cx(styles.zoneList)}>
          {({ id, name }: { id: string; name: string }) => (
            <ListBoxItem id={id} textValue={name} className={cx(styles.zoneItem)}>
              {name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
