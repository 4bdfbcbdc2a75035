import { useParams } from '@tanstack/react-router';
import { SyncScreen } from '@/features/syncs/SyncScreen';

export function SyncView() {
  const { name } = useParams({ from: '/shell/syncs/$name' });
  return <SyncScreen key={name} name={name} />;
}
