import type { ReactNode } from 'react';

/** Signs on a 16 px grid, 1.5 px lines. */
export const iconPaths = {
  home: (
    <>
      <path d="M2.5 7.2 8 2.6l5.5 4.6v6.3h-4v-3.8h-3v3.8h-4z" />
    </>
  ),
  events: (
    <>
      <path d="M1.5 8.5h3l2-5.5 3 10 2-4.5h3" />
    </>
  ),
  person: (
    <>
      <circle cx="8" cy="5.2" r="2.7" />
      <path d="M2.8 13.5c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4" />
    </>
  ),
  connection: (
    <>
      <path d="M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5" />
    </>
  ),
  database: (
    <>
      <ellipse cx="8" cy="3.8" rx="5" ry="2" />
      <path d="M3 3.8v8.4c0 1.1 2.2 2 5 2s5-.9 5-2V3.8M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />
    </>
  ),
  target: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <circle cx="8" cy="8" r="2.2" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  minus: (
    <>
      <path d="M3.5 8h9" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  gear: (
    <>
      <path d="M2 4.5h6.5M11.5 4.5H14M2 11.5h2.5M7.5 11.5H14" />
      <circle cx="10" cy="4.5" r="1.5" />
      <circle cx="6" cy="11.5" r="1.5" />
    </>
  ),
  right: (
    <>
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </>
  ),
  left: (
    <>
      <path d="M10 3.5 5.5 8l4.5 4.5" />
    </>
  ),
  down: (
    <>
      <path d="M3.5 6 8 10.5 12.5 6" />
    </>
  ),
  up: (
    <>
      <path d="M3.5 10 8 5.5l4.5 4.5" />
    </>
  ),
  updown: (
    <>
      <path d="M5 6.2 8 3.2l3 3M5 9.8l3 3 3-3" />
    </>
  ),
  check: (
    <>
      <path d="m3.2 8.3 3.2 3.2 6.4-7" />
    </>
  ),
  cross: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  okCircle: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.3 8.2 1.9 1.9 3.5-3.9" />
    </>
  ),
  badCircle: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2.3 14.3 13.3H1.7z" />
      <path d="M8 6.5v3M8 11.4v.05" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.3v3.5M8 5.2v.05" />
    </>
  ),
  help: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.3 6.4c.2-1 .9-1.5 1.8-1.5 1 0 1.7.6 1.7 1.5 0 1.2-1.7 1.3-1.7 2.5M8.05 11v.05" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.8V8l2.2 1.5" />
    </>
  ),
  running: (
    <>
      <path d="M14 8a6 6 0 1 1-3.5-5.45" />
    </>
  ),
  pauseCircle: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  pause: (
    <>
      <path d="M5.5 3.5v9M10.5 3.5v9" />
    </>
  ),
  play: (
    <>
      <path d="M4.5 3v10l8-5z" />
    </>
  ),
  stop: (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1" />
    </>
  ),
  held: (
    <>
      <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  offline: (
    <>
      <path d="M2 6.2A9.5 9.5 0 0 1 5 4.4M14 6.2A9.3 9.3 0 0 0 8.3 3.8M4.2 8.9a6 6 0 0 1 2.3-1.5M11.8 8.9l-1-.8M8 12.3v.05M2.5 2l11 12" />
    </>
  ),
  draft: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.3" />
    </>
  ),
  same: (
    <>
      <path d="M3.5 6h9M3.5 10h9" />
    </>
  ),
  refresh: (
    <>
      <path d="M13.5 3v3.5H10M2.5 13V9.5H6M13.2 6.5A5.5 5.5 0 0 0 3.6 5M2.8 9.5a5.5 5.5 0 0 0 9.6 1.5" />
    </>
  ),
  undo: (
    <>
      <path d="M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7" />
    </>
  ),
  redo: (
    <>
      <path d="m10 3 3.5 3.5L10 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 3.5v-.2c0-.7-.6-1.3-1.3-1.3H3.8C3.1 2 2.5 2.6 2.5 3.3v5.9c0 .7.6 1.3 1.3 1.3" />
    </>
  ),
  eye: (
    <>
      <path d="M1.5 8S3.8 3.8 8 3.8 14.5 8 14.5 8 12.2 12.2 8 12.2 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  eyeoff: (
    <>
      <path d="M6.3 4.1A6 6 0 0 1 8 3.8c4.2 0 6.5 4.2 6.5 4.2a11 11 0 0 1-1.8 2.3M4.2 5.2A10.5 10.5 0 0 0 1.5 8S3.8 12.2 8 12.2c1.4 0 2.6-.5 3.6-1.1M2.5 2.5l11 11" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.3" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="11" r="2.7" />
      <path d="m7 9 6-6M10.5 5.5l2 2M12.5 3.5l1 1" />
    </>
  ),
  filter: (
    <>
      <path d="M2 4h12M4.5 8h7M6.5 12h3" />
    </>
  ),
  arrowRight: (
    <>
      <path d="M2.5 8h11M9.5 4l4 4-4 4" />
    </>
  ),
  arrowDown: (
    <>
      <path d="M8 2.5v11M4 9.5l4 4 4-4" />
    </>
  ),
  more: (
    <>
      <path d="M3.5 8v.01M8 8v.01M12.5 8v.01" strokeWidth="2" />
    </>
  ),
  calendar: (
    <>
      <rect x="2.5" y="3.5" width="11" height="10" rx="1.3" />
      <path d="M2.5 6.8h11M5.5 2v2.5M10.5 2v2.5" />
    </>
  ),
  table: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.3" />
      <path d="M2 6.5h12M6.5 6.5V13" />
    </>
  ),
  view: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.3" strokeDasharray="2 1.6" />
      <path d="M2.5 6.5h11" />
    </>
  ),
  schema: (
    <>
      <path d="M2 12.5V3.8c0-.5.3-.8.8-.8h3.4l1.6 2h5.4c.5 0 .8.3.8.8v6.7c0 .5-.3.8-.8.8H2.8c-.5 0-.8-.3-.8-.8z" />
    </>
  ),
  text: (
    <>
      <path d="M3.5 4.5v-1h9v1M8 3.5v9M6.3 12.5h3.4" />
    </>
  ),
  hash: (
    <>
      <path d="M6.5 2.5 5 13.5M11 2.5 9.5 13.5M3 6h10.5M2.5 10H13" />
    </>
  ),
  boolean: (
    <>
      <rect x="1.5" y="4.5" width="13" height="7" rx="3.5" />
      <circle cx="11" cy="8" r="1.6" />
    </>
  ),
  braces: (
    <>
      <path d="M6 2.5c-2 0-1.5 2-1.5 3.2S4 8 2.8 8c1.2 0 1.7 1 1.7 2.3S4 13.5 6 13.5M10 2.5c2 0 1.5 2 1.5 3.2S12 8 13.2 8c-1.2 0-1.7 1-1.7 2.3s.5 3.2-1.5 3.2" />
    </>
  ),
  pin: (
    <>
      <path d="M4 12.5 12 4.5M4.5 4.5H12v7.5" />
    </>
  ),
  pencil: (
    <>
      <path d="m10.5 3 2.5 2.5-7.5 7.5-3 .5.5-3z" />
    </>
  ),
  trash: (
    <>
      <path d="M2.5 4.5h11M6 4.5V2.8h4v1.7M4 4.5l.6 9h6.8l.6-9" />
    </>
  ),
  file: (
    <>
      <path d="M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5" />
    </>
  ),
  paste: (
    <>
      <path d="M5.5 3.5h-2V14h9V3.5h-2" />
      <rect x="5.5" y="2" width="5" height="3" rx="1" />
    </>
  ),
  shield: (
    <>
      <path d="M8 1.8 13 3.7v3.8c0 3-2 5.3-5 6.7-3-1.4-5-3.7-5-6.7V3.7z" />
    </>
  ),
  personal: (
    <>
      <rect x="1.8" y="3.5" width="12.4" height="9" rx="1.3" />
      <circle cx="5.6" cy="7" r="1.3" />
      <path d="M3.6 10.6c.3-1 1-1.5 2-1.5s1.7.5 2 1.5M10 6.5h2M10 9.5h2" />
    </>
  ),
  moon: (
    <>
      <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />
    </>
  ),
  flask: (
    <>
      <path d="M6 2h4M6.8 2v4L3 13c-.3.6 0 1 .7 1h8.6c.7 0 1-.4.7-1L9.2 6V2M5 10h6" />
    </>
  ),
  export: (
    <>
      <path d="M8 10V2.5M5 5.5l3-3 3 3M2.5 10v3.5h11V10" />
    </>
  ),
  download: (
    <>
      <path d="M8 2.5V10M5 7l3 3 3-3M2.5 10v3.5h11V10" />
    </>
  ),
  bell: (
    <>
      <path d="M4 7a4 4 0 0 1 8 0c0 3.5 1.5 4.5 1.5 4.5h-11S4 10.5 4 7zM6.8 13.5c.7.6 1.7.6 2.4 0" />
    </>
  ),
  suggest: (
    <>
      <path d="M8 2.5 9.3 6.7 13.5 8 9.3 9.3 8 13.5 6.7 9.3 2.5 8l4.2-1.3z" />
    </>
  ),
  message: (
    <>
      <path d="M3 4h10v7H7.5L5 13.5V11H3z" />
    </>
  ),
  open: (
    <>
      <path d="M9.5 2.5h4v4M13.5 2.5 7.5 8.5M12 9.5v4H2.5V4h4" />
    </>
  ),
  sidebar: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M6 3v10" />
    </>
  ),
  sort: (
    <>
      <path d="M8 3v10M4.5 9.5 8 13l3.5-3.5" />
    </>
  ),
  link: (
    <>
      <path d="M6.8 9.2a2.5 2.5 0 0 0 3.5 0l2.2-2.2a2.5 2.5 0 0 0-3.5-3.5l-.9.9M9.2 6.8a2.5 2.5 0 0 0-3.5 0L3.5 9a2.5 2.5 0 0 0 3.5 3.5l.9-.9" />
    </>
  ),
} satisfies Record<string, ReactNode>;

/** Signs for kinds of connection on a 20 px grid: our own plain signs, not the vendors’ logos. */
export const glyphPaths = {
  snowflake: (
    <>
      <path d="M10 2v16M3.1 6l13.8 8M16.9 6 3.1 14M7.8 3.4 10 5.5l2.2-2.1M7.8 16.6 10 14.5l2.2 2.1M3.2 9l2.9-.8-.7-2.9M16.8 11l-2.9.8.7 2.9M16.8 9l-2.9-.8.7-2.9M3.2 11l2.9.8-.7 2.9" />
    </>
  ),
  bigquery: (
    <>
      <path d="M6 3h8l4 7-4 7H6l-4-7z" />
      <circle cx="9.5" cy="9.5" r="2.8" />
      <path d="m11.6 11.6 2.2 2.2" />
    </>
  ),
  redshift: (
    <>
      <path d="M4 6.5v7M8 3.5v13M12 3.5v13M16 6.5v7" />
    </>
  ),
  postgres: (
    <>
      <ellipse cx="10" cy="5" rx="6" ry="2.5" />
      <path d="M4 5v10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5V5M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5" />
    </>
  ),
  sample: (
    <>
      <path d="M7.5 2.5h5M8.5 2.5v5L3.8 16c-.4.8 0 1.5.9 1.5h10.6c.9 0 1.3-.7.9-1.5L11.5 7.5v-5M6.3 12.5h7.4" />
    </>
  ),
  salesforce: (
    <>
      <path d="M5.5 15.5a3.5 3.5 0 0 1-.6-6.95A4 4 0 0 1 12 6.3a3.3 3.3 0 0 1 3.7 3.05A3.1 3.1 0 0 1 15 15.5z" />
    </>
  ),
  hubspot: (
    <>
      <circle cx="12.5" cy="11.5" r="3.3" />
      <path d="M12.5 8.2V4.5M9.9 9.5 5.2 6.2M10 13.6l-2.3 2.3" />
      <circle cx="12.5" cy="3.5" r="1" />
      <circle cx="4.3" cy="5.5" r="1.2" />
      <circle cx="7" cy="16.6" r="1" />
    </>
  ),
  rudderstack: (
    <>
      <circle cx="10" cy="10" r="5.5" />
      <circle cx="10" cy="10" r="1.6" />
      <path d="M10 2v6.4M10 11.6V18M2 10h6.4M11.6 10H18M4.4 4.4l4.5 4.5M11.1 11.1l4.5 4.5M15.6 4.4l-4.5 4.5M8.9 11.1l-4.5 4.5" />
    </>
  ),
  webhook: (
    <>
      <path d="M7 9.5a3.5 3.5 0 1 1 5.5-2.9M8.5 7.5l-3 5.5M11.5 6.5l3 5.3M15.5 11.2a3.3 3.3 0 1 1-2.8 5.3M5.5 11.2A3.2 3.2 0 1 0 8.7 14.5h5.8" />
    </>
  ),
} satisfies Record<string, ReactNode>;
