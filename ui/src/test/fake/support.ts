/** What the program tells for a supporter. */
export const supportDetails = `# Sluice support details

Connections and syncs have numbers here, in the order of their names.
Not in this text: names, addresses, accounts, columns, values, secrets, the words of errors.

## Program

- Made at: 2026-11-24T13:48:00.000Z
- Sluice: 0.1.0
- System: linux x86_64
- Webview: 2.48.1
- SQLite: 3.53.2
- Time zone: Europe/Berlin
- Keychain: answers
- Storage: in order

## Connections

| Connection | Side | Kind | Last test | Tested at |
|---|---|---|---|---|
| 1 | warehouse | postgres | passed | 2026-11-24T13:00:00.000Z |
`;
