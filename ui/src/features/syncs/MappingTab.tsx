import type { ReactNode } from 'react';
import type { Field } from '@/api/bindings/Field';
import type { Sync } from '@/api/bindings/Sync';
import { Table } from '@/components/Panel';
import { ScrollRegion } from '@/components/ScrollRegion';
import { t } from '@/components/text';
import { withClocks } from '@/components/times';
import { sourceFull } from './describe';
import { mappingText } from './mapping-text';
import { text } from './text';
import styles from './Sync.module.css';

const words = mappingText;

const sourceOf = ({ value }: Field): string =>
  value.type === 'column'
    ? value.column
    : value.type === 'template'
      ? value.template
      : JSON.stringify(value.constant);

const remarks = (field: Field): string[] => [
  ...(field.value.type === 'column' ? [] : [words[field.value.type]]),
  ...(field.hash ? [words.hashed] : []),
  ...(field.mask ? [words.masked] : []),
  ...(field.only_if_empty ? [words.onlyIfEmpty] : []),
];

/** What the sync reads, what each row becomes, and when: to look at. Editing is the wizard's. */
export function MappingTab({ sync }: { sync: Sync }) {
  const { definition } = sync;
  const { shape, fields } = definition;
  const becomes =
    shape.type === 'identify'
      ? words.identify
      : shape.type === 'record'
        ? words.record(shape.object, shape.match_field)
        : shape.event_name !== null
          ? words.track(shape.event_name)
          : words.trackColumn(shape.event_name_column ?? '');
  const mono = (value: string) => <bdi className={styles.mono}>{value}</bdi>;
  const facts: [string, ReactNode][] = [
    [
      words.from,
      <>
        {mono(sourceFull(definition))}{' '}
        <span className={t('soft')}>
          in <bdi>{definition.from}</bdi>
        </span>
      </>,
    ],
    [words.to, definition.to === null ? words.nowhere : <bdi>{definition.to}</bdi>],
    [words.becomes, becomes],
    [words.key, mono(definition.key.join(', '))],
    [
      words.identifiers,
      Object.entries(definition.identifiers)
        .map(([name, column]) => (name === column ? name : `${name} from ${column}`))
        .join(', '),
    ],
    [
      words.mode,
      definition.mode === 'mirror'
        ? `${words.modes.mirror}; ${words.removals[definition.removed]}`
        : words.modes[definition.mode],
    ],
    [words.schedule, withClocks(sync.schedule_sentence)],
  ];
  return (
    <ScrollRegion className={styles.scroll} label={text.page.tabs.mapping}>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name} className={styles.fact}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {fields === null ? (
        <p className={styles.noneShown}>{words.everyColumn}</p>
      ) : (
        <Table
          label={words.table}
          look="dense"
          head={
            <tr>
              <th>{words.columns.source}</th>
              <th>{words.columns.key}</th>
              <th>{words.columns.nulls}</th>
            </tr>
          }
        >
          {fields.map((field, index) => (
            <tr key={index}>
              <td>
                {mono(sourceOf(field))} <span className={t('sm', 'soft')}>{remarks(field).join(', ')}</span>
              </td>
              <td>{mono(field.key)}</td>
              <td className={t('soft')}>{field.value.type === 'constant' ? '–' : words.nulls[field.null]}</td>
            </tr>
          ))}
        </Table>
      )}
    </ScrollRegion>
  );
}
