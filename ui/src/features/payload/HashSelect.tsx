import type { Hash } from '@/api/bindings/Hash';
import { Select } from '@/components/Select';
import { text } from './text';

export const hashes = ['text', 'email', 'phone', 'phone_plus'] as const satisfies readonly Hash[];

/** Whether a value is sent as it is or hashed, and in which form. */
export function HashSelect({
  label,
  hideLabel = false,
  value,
  onChange,
}: {
  label: string;
  hideLabel?: boolean;
  value: Hash | null;
  onChange: (hash: Hash | null) => void;
}) {
  return (
    <Select
      label={label}
      hideLabel={hideLabel}
      size="sm"
      value={value ?? 'none'}
      options={(['none', ...hashes] as const).map((one) => ({ value: one, label: text.hashes[one] }))}
      {...(value ? { help: text.hashHelp[value] } : {})}
      onChange={(one) => onChange(one === 'none' ? null : one)}
    />
  );
}
