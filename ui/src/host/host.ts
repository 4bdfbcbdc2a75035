/** What the window needs from the program around it. */
export interface Host {
  platform: 'macos' | 'windows' | 'linux';
  /** Answers with the command's result or rejects with a `Problem`. */
  invoke: (command: string, input: unknown) => Promise<unknown>;
  /** Pushed events until the returned function is called. */
  listen: (handler: (event: unknown) => void) => () => void;
  /** The path of a file the user picks, null when they change their mind. */
  pickFile: (options: FileOptions) => Promise<string | null>;
  /** The path of a folder the user picks, null when they change their mind. */
  pickFolder: (options: { title: string }) => Promise<string | null>;
  /** The path to write to, null when they change their mind. */
  saveFile: (options: FileOptions & { name: string }) => Promise<string | null>;
  /** The user wants to close the window and has never said what that means, until the returned function is called. */
  onCloseAsked: (handler: () => void) => () => void;
  /** Closes the window, now that the settings say what that means. */
  close: () => Promise<void>;
}

export interface FileOptions {
  title: string;
  /** Endings without the dot. */
  endings?: string[];
}
