import '@fontsource-variable/inter/wght.css';
import '@fontsource/jetbrains-mono/400.css';
import '@fontsource/jetbrains-mono/500.css';
import './styles/tokens.css';
import './styles/base.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Providers } from '@/app/providers';
import { newRouter } from '@/app/routes';
import { applyTheme, rememberedTheme } from '@/app/theme';
import { setHost } from '@/host';
import { locale } from '@/components/locale';
import { chooseHost } from '@/host/choose';

applyTheme(rememberedTheme());
document.documentElement.dataset['clock'] = locale().twelve ? '12' : '24';
setHost(await chooseHost());
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={newRouter()} />
    </Providers>
  </StrictMode>,
);
