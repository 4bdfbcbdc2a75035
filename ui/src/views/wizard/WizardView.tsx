export function WizardView() {
  return null;
}
