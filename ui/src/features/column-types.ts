import type { ColumnType } from '@/api/bindings/ColumnType';

/** The product's words for column types. */
export const typeWords: Record<ColumnType, string> = {
  text: 'Text',
  integer: 'Integer',
  number: 'Number',
  boolean: 'True/false',
  date: 'Date',
  time: 'Time',
  timestamp: 'Timestamp',
  json: 'Object',
  list: 'List',
  bytes: 'Bytes',
  other: 'Other',
};
