import { Body, Toolbar } from '@/components/Page';

export function EventsView() {
  return (
    <>
      <Toolbar title="Live events" />
      <Body pad>{null}</Body>
    </>
  );
}
