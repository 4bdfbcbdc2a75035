import { RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { Providers, newQueryClient } from '@/app/providers';
import { newRouter } from '@/app/routes';
import { setHost } from '@/host';
import { type FakeHost, fakeHost } from './fake-host';

/** Renders the whole window at a path, over invented data. */
export function renderWindow(path: string, host: FakeHost = fakeHost()) {
  setHost(host);
  const router = newRouter(path);
  const view = render(
    <Providers client={newQueryClient()}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...view, host, router };
}
