import { Body, Toolbar } from '@/components/Page';

export function SyncView() {
  return (
    <>
      <Toolbar title="Sync" />
      <Body pad>{null}</Body>
    </>
  );
}
