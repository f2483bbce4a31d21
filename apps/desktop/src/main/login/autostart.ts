/** What the system starts at login. */
export type StartCommand = { program: string; args: readonly string[] };

/** Reserved in the Exec key of a desktop entry; between quotes these still need a backslash. */
const QUOTED = /["`$\\]/g;

function quoted(argument: string): string {
  // A percent sign begins a field code, a backslash an escape of the file's own format.
  const inner = argument.replaceAll(QUOTED, String.raw`\$&`).replaceAll("%", "%%");
  return `"${inner.replaceAll("\\", "\\\\")}"`;
}

/**
 * The file by which desktops of Linux start a program at login (Desktop Application Autostart
 * Specification). Undefined for a program whose path no such file can name.
 */
export function autostartEntry(name: string, { program, args }: StartCommand): string | undefined {
  // oxlint-disable-next-line no-control-regex -- these are just what must not be in it
  if (program === "" || /[\u0000-\u001f\u007f]/.test([program, ...args].join(""))) return undefined;
  return [
    "[Desktop Entry]",
    "Type=Application",
    `Name=${name}`,
    `Exec=${[program, ...args].map(quoted).join(" ")}`,
    "Terminal=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

type Started = {
  execPath: string;
  /** Where the app lies that a bare runtime was given to run; undefined for an installed one. */
  appPath: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
};

/** Whether a desktop's own settings have switched an autostart file off, which then stays where it is. */
export function isSwitchedOff(entry: string): boolean {
  return /^\s*(?:Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/im.test(entry);
}

/** What to start at login: an AppImage runs from a place that is gone by then, its file is elsewhere. */
export function startCommand({ execPath, appPath, env }: Started): StartCommand {
  return {
    program: env["APPIMAGE"] ?? execPath,
    args: [...(appPath === undefined ? [] : [appPath]), "--hidden"],
  };
}
