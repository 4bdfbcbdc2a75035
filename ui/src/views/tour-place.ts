export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const gap = 12;

const within = (value: number, size: number, room: number) =>
  Math.max(gap, Math.min(value, room - size - gap));

/** Where a bubble stands that points at `target`: beside it, below, above, or over its end where it fills the window. */
export function placeOf(
  target: Box,
  bubble: Pick<Box, 'width' | 'height'>,
  room: Pick<Box, 'width' | 'height'>,
): Pick<Box, 'left' | 'top'> {
  const [right, bottom] = [target.left + target.width, target.top + target.height];
  if (right + gap + bubble.width + gap <= room.width)
    return { left: right + gap, top: within(target.top, bubble.height, room.height) };
  const left = within(right - bubble.width, bubble.width, room.width);
  if (bottom + gap + bubble.height + gap <= room.height) return { left, top: bottom + gap };
  const above = target.top - gap - bubble.height;
  return { left, top: above >= gap ? above : within(bottom, bubble.height, room.height) };
}
