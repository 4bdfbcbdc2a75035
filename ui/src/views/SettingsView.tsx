import { Body, Toolbar } from '@/components/Page';

export function SettingsView() {
  return (
    <>
      <Toolbar title="Settings" />
      <Body pad>{null}</Body>
    </>
  );
}
