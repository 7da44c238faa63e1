// Which build this page is: the hash in the name of its own script, the same that the browser loaded it by.

export function versionOf(script_url: string): string {
  return /-([\w-]{6,16})\.js$/.exec(new URL(script_url).pathname)?.[1] ?? 'unbuilt';
}
