/** The last steps of a path: `traits.company.name` as `company.name`. */
export const shortPath = (path: string): string => path.replace(/^(traits|properties|context\.traits)\./, '');
