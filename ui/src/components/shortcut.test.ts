import { expect, test } from 'vitest';
import { gridShortcuts, move } from './grid-keys';
import { type PressedKey, isPressed } from './shortcut';

const press = (key: string, held: Partial<PressedKey> = {}): PressedKey => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test('keys are told apart by what is held with them', () => {
  const redo = { keys: 'mod+shift+z', also: ['mod+y'], does: 'Redo' };
  expect(isPressed(press('Z', { ctrlKey: true, shiftKey: true }), redo)).toBe(true);
  expect(isPressed(press('y', { metaKey: true }), redo)).toBe(true);
  expect(isPressed(press('z', { ctrlKey: true }), redo)).toBe(false);
  expect(isPressed(press('y'), redo)).toBe(false);
  // On one keyboard it needs Shift, on another it does not.
  const help = { keys: '?', does: 'Help' };
  expect(isPressed(press('?', { shiftKey: true }), help)).toBe(true);
  expect(isPressed(press('?'), help)).toBe(true);
  expect(isPressed(press('?', { ctrlKey: true }), help)).toBe(false);
  const choose = { keys: 'shift+space', does: 'Choose' };
  expect(isPressed(press(' ', { shiftKey: true }), choose)).toBe(true);
  expect(isPressed(press(' '), choose)).toBe(false);
});

test('the keys that are told of a grid are keys that move in it', () => {
  const events: Record<string, string> = {
    '↑': 'ArrowUp',
    '↓': 'ArrowDown',
    '←': 'ArrowLeft',
    '→': 'ArrowRight',
  };
  const names: Record<string, string> = { home: 'Home', end: 'End', pageup: 'PageUp', pagedown: 'PageDown' };
  const { move: cell, page, row, grid, column } = gridShortcuts;
  const size = { rows: 100, columns: 5, page: 10, skip: () => false };
  for (const { keys, also } of [cell, page, row, grid, column]) {
    for (const one of [keys, ...also]) {
      const key = one.replace('mod+', '');
      const event = press(events[key] ?? names[key] ?? key, { ctrlKey: one !== key });
      expect(move(event, { row: 50, column: 2 }, size), one).not.toBeNull();
      expect(move(event, { row: 50, column: 2 }, size), one).not.toEqual({ row: 50, column: 2 });
    }
  }
});
