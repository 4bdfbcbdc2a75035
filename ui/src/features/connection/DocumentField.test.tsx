import { useState } from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Setting } from '@/api/bindings/Setting';
import { DocumentField } from './DocumentField';

const key: Setting = {
  key: 'private_key',
  label: 'Private key',
  help: '',
  example: '',
  secret: true,
  required: true,
  default: null,
  input: { type: 'document' },
  only_if: null,
};

function Form() {
  const [value, setValue] = useState('');
  return (
    <DocumentField
      setting={key}
      value={value}
      filled={false}
      remark={undefined}
      help=""
      error={undefined}
      onChange={setValue}
      onLeave={() => undefined}
    />
  );
}

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Private key' });
const choose = (file: File) => {
  const input = document.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input) throw new Error('There is nothing to choose a file with.');
  return userEvent.upload(input, file);
};

describe('a setting of many lines', () => {
  it('keeps the lines of what is pasted', async () => {
    render(<Form />);
    await userEvent.click(field());
    await userEvent.paste(PEM);
    expect(field().value).toBe(PEM);
  });

  it('takes a file', async () => {
    render(<Form />);
    await choose(new File([PEM], 'rsa_key.p8'));
    await expect.poll(() => field().value).toBe(PEM);
  });

  it('refuses what can not be a key, and says why', async () => {
    render(<Form />);
    await choose(new File(['MIIE\0\x01'], 'rsa_key.der'));
    expect(await screen.findByText(/rsa_key.der is not text/)).toBeTruthy();
    await choose(new File(['x'.repeat(70_000)], 'movie.mp4'));
    expect(await screen.findByText(/movie.mp4 is too large/)).toBeTruthy();
    expect(field().value).toBe('');
  });
});
