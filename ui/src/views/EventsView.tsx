import { useNavigate, useSearch } from '@tanstack/react-router';
import { EventsScreen } from '@/features/events/EventsScreen';
import { readSearch } from '@/features/events/filter';

/** Live events; its filters are in the address. */
export function EventsView() {
  const navigate = useNavigate();
  const raw = useSearch({ strict: false });
  return (
    <EventsScreen
      search={readSearch(raw)}
      onSearch={(search) => void navigate({ to: '/events', search })}
      onNewSync={() => void navigate({ to: '/new' })}
      onOpenSync={(name) => void navigate({ to: '/syncs/$name', params: { name } })}
      onPerson={(about) => void navigate({ to: '/people', search: { about } })}
    />
  );
}
