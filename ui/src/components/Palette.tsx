import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { cx } from './cx';
import styles from './Palette.module.css';

export interface PaletteItem {
  id: string;
  label: string;
  /** At the right end: what sort of thing it is. */
  detail?: string;
  icon: IconName;
  onAction: () => void;
}

export interface PaletteProps {
  label: string;
  nothing: string;
  sections: readonly { title: string; items: readonly PaletteItem[] }[];
  onClose: () => void;
}

/** Everything there is to do or to go to, by its name: type, choose with the arrows, press Enter. */
export function Palette({ label, nothing, sections, onClose }: PaletteProps) {
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className={cx(styles.scrim)}
    >
      <Modal className={cx(styles.modal)}>
        <Dialog className={cx(styles.dialog)} aria-label={label}>
          <Autocomplete filter={contains}>
            {/* eslint-disable-next-line jsx-a11y/no-autofocus -- it was opened to type in */}
            <SearchField autoFocus aria-label={label} className={cx(styles.field)}>
              <Icon name="search" />
              <Input className={cx(styles.input)} placeholder={label} spellCheck={false} />
            </SearchField>
            <Menu
              aria-label={label}
              className={cx(styles.list)}
              renderEmptyState={() => <p className={styles.nothing}>{nothing}</p>}
              onAction={onClose}
            >
              {sections
                .filter(({ items }) => items.length > 0)
                .map(({ title, items }) => (
                  <MenuSection key={title}>
                    <Header className={cx(styles.title)}>{title}</Header>
                    {items.map(({ id, label: name, detail, icon, onAction }) => (
                      <MenuItem
                        key={id}
                        id={id}
                        textValue={name}
                        onAction={onAction}
                        className={cx(styles.item)}
                      >
                        <Icon name={icon} />
                        <bdi className={styles.name}>{name}</bdi>
                        {detail && <span className={styles.detail}>{detail}</span>}
                      </MenuItem>
                    ))}
                  </MenuSection>
                ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
