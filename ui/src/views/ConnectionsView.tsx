import { useSearch } from '@tanstack/react-router';
import { ConnectionsScreen } from '@/features/connection/ConnectionsScreen';

export function ConnectionsView() {
  const { edit } = useSearch({ from: '/shell/connections' });
  return <ConnectionsScreen key={edit ?? ''} edit={edit ?? null} />;
}
