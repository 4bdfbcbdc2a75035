import type { EventDetail } from '@/api/bindings/EventDetail';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { useObjects } from '@/api/queries';
import { Banner } from '@/components/Banner';
import { count } from '@/components/times';
import { fieldsNamed } from './payload';
import { text } from './text';
import styles from './replay.module.css';

/** Values of a pick list that are told. */
const VALUES = 24;
const words = text.refused;

/** Why the record was refused: which field, what the destination says, and what the field takes. */
export function Refused({ detail, definition }: { detail: EventDetail; definition: SyncDefinition }) {
  const { shape, to } = definition;
  const objects = useObjects(shape.type === 'record' ? to : null).data;
  const { problem } = detail;
  if (!problem) return null;
  const object = shape.type === 'record' ? objects?.find(({ name }) => name === shape.object) : undefined;
  const known = new Map(object?.fields.map((field) => [field.name, field]));
  const labels = new Map(object?.fields.map(({ name, label }) => [name, label]));
  const fields = fieldsNamed(problem.message, detail.payload, labels);
  return (
    <Banner tone="warn" icon="badCircle">
      {fields.length > 0 && (
        <p>
          <b>
            {words.field(fields.length)} <bdi>{fields.join(', ')}</bdi>
          </b>
        </p>
      )}
      <p dir="auto">{problem.message}</p>
      {fields.map((name) => {
        const options = known.get(name)?.options ?? [];
        if (options.length === 0) return null;
        return (
          <p key={name} className={styles.values}>
            {words.takes(name)} <bdi>{options.slice(0, VALUES).join(', ')}</bdi>
            {options.length > VALUES && ` ${words.more(count(options.length - VALUES))}`}
          </p>
        );
      })}
    </Banner>
  );
}
