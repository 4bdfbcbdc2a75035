import { t } from '@/components/text';
import { text } from './text';

/** A JSON value as people read it. */
export function Value({ json }: { json: string | null }) {
  if (json === null || json === 'null' || json === '""') return <i className={t('faint')}>{text.empty}</i>;
  return <bdi>{json.startsWith('"') ? (JSON.parse(json) as string) : json}</bdi>;
}
