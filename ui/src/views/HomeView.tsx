import { HomeScreen } from '@/features/syncs/HomeScreen';
import { missingIn } from './wizard/progress';

export function HomeView() {
  return <HomeScreen missing={missingIn} />;
}
