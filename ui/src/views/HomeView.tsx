import { HomeScreen } from '@/features/syncs/HomeScreen';

export function HomeView() {
  return <HomeScreen />;
}
