import { type Named, type Known, tablesIn } from './sql-complete';
import { type Dialect, type Part, nameIn, partsOf, solid } from './sql-parts';

/** How warehouses say that there is no table or column of a name. */
const said =
  /(?:\bno such (?:table|column)|\brelation|\bcolumn|\btable|\bobject|\binvalid identifier|\bunrecognized name):?\s+["'`]?([\p{L}\p{N}_$.]+)/giu;

/** The part of the statement with a name that the warehouse does not know, where it stands there once. */
export function missingIn(message: string, parts: readonly Part[]): Part | undefined {
  for (const [, path = ''] of message.matchAll(said)) {
    const name = path.replace(/\.$/, '').split('.').at(-1)?.toLowerCase();
    const found = parts.filter(
      (part) => (part.kind === 'name' || part.kind === 'quoted') && nameIn(part).toLowerCase() === name,
    );
    if (name && found.length === 1) return found[0];
  }
  return undefined;
}

/** How many letters have to be put in, left out, changed or swapped. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const [row, above, before] = [[i], rows[i - 1] ?? [], rows[i - 2] ?? []];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(least, (before[j - 2] ?? 0) + 1) : least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** The known table or column whose name is nearest to one that the warehouse does not know, if any is near. */
export function nearestTo(name: string, sql: string, known: Known, dialect: Dialect): string | null {
  const columns = ({ table }: Named) => (known.columnsOf(table) ?? []).map((column) => column.name);
  const named = tablesIn(solid(partsOf(sql, dialect)), known.tables);
  const near = [...named.flatMap(columns), ...known.tables.map((table) => table.name)]
    .map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ far }) => far > 0 && far <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.far - b.far);
  return near[0]?.other ?? null;
}
