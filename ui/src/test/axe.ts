import axe from 'axe-core';

/** What WCAG 2.2 AA finds wrong, as sentences. Colours and sizes are checked in a browser, by the tests in pages/. */
export async function violations(node: Element = document.body): Promise<string[]> {
  // React Aria's live region speaks by pointing at what was announced, which may be gone by now.
  const context = { include: [node], exclude: ['[data-live-announcer]'] };
  const result = await axe.run(context, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } },
  });
  return result.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((found) => found.html).join(' ')}`,
  );
}
