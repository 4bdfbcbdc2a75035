import { Select } from '@/components/Select';
import type { Disguise } from './model';
import { text } from './text';

export const disguises = [
  'text',
  'email',
  'phone',
  'phone_plus',
  'mask',
] as const satisfies readonly Disguise[];

/** Whether a value is sent as it is, hashed and in which form, or masked. */
export function DisguiseSelect({
  label,
  hideLabel = false,
  value,
  onChange,
}: {
  label: string;
  hideLabel?: boolean;
  value: Disguise | null;
  onChange: (disguise: Disguise | null) => void;
}) {
  return (
    <Select
      label={label}
      hideLabel={hideLabel}
      size="sm"
      value={value ?? 'none'}
      options={(['none', ...disguises] as const).map((one) => ({ value: one, label: text.disguises[one] }))}
      {...(value ? { help: text.disguiseHelp[value] } : {})}
      onChange={(one) => onChange(one === 'none' ? null : one)}
    />
  );
}
