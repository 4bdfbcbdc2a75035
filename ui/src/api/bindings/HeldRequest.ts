export type HeldRequest = { run: number, limit: number, reveal: boolean, };
