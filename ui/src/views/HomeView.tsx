import { Body, Toolbar } from '@/components/Page';

export function HomeView() {
  return (
    <>
      <Toolbar title="Home" />
      <Body pad>{null}</Body>
    </>
  );
}
