import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWindow } from '@tauri-apps/api/window';
import { open, save } from '@tauri-apps/plugin-dialog';
import type { FileOptions, Host } from './host';
import { systemOf } from './system';

const filters = (options: FileOptions) =>
  options.endings ? [{ name: options.title, extensions: options.endings }] : [];

/** The host inside the desktop window. */
export function tauriHost(): Host {
  return {
    platform: systemOf(navigator.userAgent),
    invoke: (command, input) => invoke('rpc', { command, input }),
    listen: (handler) => {
      let open = true;
      const channel = new Channel<unknown>((event) => {
        if (open) handler(event);
      });
      void invoke('subscribe', { channel });
      return () => {
        open = false;
      };
    },
    pickFile: (options) =>
      open({ title: options.title, multiple: false, directory: false, filters: filters(options) }),
    pickFolder: (options) => open({ title: options.title, multiple: false, directory: true }),
    saveFile: (options) =>
      save({ title: options.title, defaultPath: options.name, filters: filters(options) }),
    onCloseAsked: (handler) => {
      const stop = listen('close-asked', handler);
      return () => void stop.then((end) => end());
    },
    close: () => getCurrentWindow().close(),
  };
}
