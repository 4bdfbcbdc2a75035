import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { followPushes } from '@/api/push';
import { useAppInfo } from '@/api/queries';
import { Toasts } from '@/components/Toasts';
import { HelpSheet } from '@/features/help/HelpSheet';
import { CloseQuestion } from './CloseQuestion';
import { applyTheme } from './theme';

/** Answers come from this computer: they fail for a reason, not by chance, and do not grow old by themselves. */
export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });

function Listening({ client, children }: { client: QueryClient; children: ReactNode }) {
  const theme = useAppInfo().data?.settings.theme;
  useEffect(() => followPushes(client), [client]);
  useEffect(() => {
    if (theme) applyTheme(theme);
  }, [theme]);
  return children;
}

/** What every view needs around it. */
export function Providers({ children, client }: { children: ReactNode; client?: QueryClient }) {
  const [own] = useState(() => client ?? newQueryClient());
  return (
    // The controls speak English and read from left to right, as all words do.
    <I18nProvider locale="en-US">
      <QueryClientProvider client={own}>
        <Listening client={own}>{children}</Listening>
        <CloseQuestion />
        <HelpSheet />
        <Toasts />
      </QueryClientProvider>
    </I18nProvider>
  );
}
