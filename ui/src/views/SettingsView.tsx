import { SettingsScreen } from '@/features/settings/SettingsScreen';

export function SettingsView() {
  return <SettingsScreen />;
}
