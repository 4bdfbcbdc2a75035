/** What the address of the screen says: whom it is about. */
export interface PeopleSearch {
  about?: string;
}

/** Reads an address that may say anything. An identifier of digits alone arrives as a number. */
export function readAbout({ about }: Record<string, unknown>): PeopleSearch {
  const text = typeof about === 'number' ? String(about) : about;
  return typeof text === 'string' && text !== '' ? { about: text } : {};
}
