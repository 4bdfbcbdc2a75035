import type { Connection } from '@/api/bindings/Connection';

/** Where a connection leads, in one line. */
export const whereOf = ({ settings }: Connection): string => {
  const { host, account, project, database, data_plane_url, folder, url } = settings;
  return [host ?? account ?? project ?? data_plane_url ?? url ?? folder, database]
    .filter(Boolean)
    .join(' · ');
};
