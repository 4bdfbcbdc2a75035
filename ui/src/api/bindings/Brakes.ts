export type Brakes = { empty: boolean, shrunk: number | null, removed: number | null, removed_records: number | null, refused: number | null, emptied: number | null, first_run: boolean, };
