import type { Field } from '@/api/bindings/Field';
import type { FieldProblem } from '@/api/bindings/FieldProblem';
import type { PayloadPreview } from '@/api/bindings/PayloadPreview';
import type { PayloadPreviewRequest } from '@/api/bindings/PayloadPreviewRequest';
import type { SyncDefinition } from '@/api/bindings/SyncDefinition';
import { isPersonal, mask, rowCount, typeOf, valueAt } from './source';

type Json = Record<string, unknown>;
const steps = (key: string): (string | number)[] =>
  key.split('.').flatMap((part) =>
    part
      .split(/[[\]]/)
      .filter(Boolean)
      .map((piece) => (/^\d+$/.test(piece) ? Number(piece) : piece)),
  );

function put(target: Json, key: string, value: unknown): void {
  const path = steps(key);
  let at: Json = target;
  path.forEach((step, index) => {
    if (index === path.length - 1) at[String(step)] = value;
    else at = (at[String(step)] ??= typeof path[index + 1] === 'number' ? [] : {}) as Json;
  });
}

/** A value; hashes are not worked out here. */
export function made(value: Field['value'], show: (column: string) => unknown): unknown {
  if (value.type === 'constant') return value.constant;
  if (value.type === 'column') return show(value.column);
  return value.template.replace(/\{([^{}]+)\}/g, (_, column: string) => String(show(column) ?? '')).trim();
}

function payloadOf(definition: SyncDefinition, row: number, reveal: boolean): Json {
  const show = (column: string) => {
    const value = valueAt(column, row);
    if (value !== null && isPersonal(column) && !reveal) return mask(String(value));
    return typeOf(column) === 'json' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  };
  const { shape, identifiers } = definition;
  const body: Json = {};
  (definition.fields ?? []).forEach((field) => {
    const value = made(field.value, show);
    if (value === null && field.null === 'leave_out') return;
    put(body, field.key, value);
  });
  if (shape.type === 'record') return body;
  const user = identifiers['user_id'] ? show(identifiers['user_id']) : null;
  const anonymous = identifiers['anonymous_id'] ? show(identifiers['anonymous_id']) : null;
  const email = identifiers['email'] ? show(identifiers['email']) : null;
  const who = { ...(user ? { userId: user } : {}), ...(anonymous ? { anonymousId: anonymous } : {}) };
  if (shape.type === 'identify')
    return { type: 'identify', ...who, traits: { ...(email ? { email } : {}), ...body } };
  const event = shape.event_name ?? (shape.event_name_column ? show(shape.event_name_column) : '');
  return {
    type: 'track',
    event,
    ...who,
    ...(email ? { context: { traits: { email } } } : {}),
    properties: body,
  };
}

function problemsOf(definition: SyncDefinition): FieldProblem[] {
  const fields = definition.fields ?? [];
  return fields.flatMap(({ key }, field) => {
    const twin = fields.findIndex((other, index) => index < field && other.key === key);
    if (twin >= 0) return [{ field, message: `“${key}” is already used by another column.` }];
    if (key === 'anonymousId' || key === 'userId')
      return [{ field, message: `“${key}” names the person; choose another key.` }];
    if (!key.trim()) return [{ field, message: 'A key needs at least one letter.' }];
    return [];
  });
}

export function preview({ definition, row, find, reveal }: PayloadPreviewRequest): PayloadPreview {
  const wanted = find?.toLowerCase();
  let at = row;
  if (wanted) {
    const hit = Array.from({ length: rowCount }, (_, index) => (row + index) % rowCount).find((index) =>
      JSON.stringify(payloadOf(definition, index, true))
        .toLowerCase()
        .includes(wanted),
    );
    at = hit ?? row;
  }
  const payload = payloadOf(definition, at, reveal);
  const exact = JSON.stringify(payload);
  const pretty = JSON.stringify(payload, null, 2);
  const fields = definition.fields ?? [];
  const last = (key: string) => steps(key).at(-1);
  return {
    row: at,
    rows: rowCount,
    exact,
    pretty,
    line_fields: pretty.split('\n').map((line) => {
      const name = /^\s*"([^"]+)":/.exec(line)?.[1];
      const index = fields.findIndex(({ key }) => last(key) === name);
      return name !== undefined && index >= 0 ? index : null;
    }),
    bytes: new TextEncoder().encode(exact).length,
    masked: !reveal,
    invalid: null,
    invalid_rows: 0,
    field_problems: problemsOf(definition),
  };
}
