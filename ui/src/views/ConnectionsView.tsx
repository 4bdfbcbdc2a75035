import { Body, Toolbar } from '@/components/Page';

export function ConnectionsView() {
  return (
    <>
      <Toolbar title="Connections" />
      <Body pad>{null}</Body>
    </>
  );
}
