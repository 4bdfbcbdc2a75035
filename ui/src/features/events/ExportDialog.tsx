import { call } from '@/api/client';
import { ExportDialog as Export } from '../ExportDialog';
import type { EventFilter } from './event-log';
import { text } from './text';

/** Writes the events that match to a file. */
export function ExportDialog({
  filter,
  count,
  onClose,
}: {
  filter: EventFilter;
  count: string | null;
  onClose: () => void;
}) {
  const words = text.exportDialog;
  return (
    <Export
      title={words.title}
      about={words.body(count)}
      file="sluice-events"
      write={(target) => call('events_export', { filter: { ...filter, cursor: null, limit: 0 }, ...target })}
      written={text.exported}
      onClose={onClose}
    />
  );
}
