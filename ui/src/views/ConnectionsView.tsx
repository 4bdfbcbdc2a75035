import { ConnectionsScreen } from '@/features/connection/ConnectionsScreen';

export function ConnectionsView() {
  return <ConnectionsScreen />;
}
