// Finds the `khiw` binary and runs its commands. Never builds it: a story about a stale or a second build would lie.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Only a name of this machine; Chromium maps it to loopback. */
export const LAN_NAME = 'queue.office.test';

export function binary() {
  return process.env.KHIW_BIN ?? `${ROOT}target/debug/khiw`;
}

/** Null, or in words what is missing. */
export function missing() {
  if (existsSync(binary())) return null;
  return `${binary()} is missing. Run \`cargo xtask run\` once (or \`cargo build -p khiw\` after \`npm run build\`), or set KHIW_BIN.`;
}

/** Runs a command that ends by itself; answers what it printed, or throws with what it said. */
export async function khiw(...args) {
  const { stdout } = await promisify(execFile)(binary(), args, { timeout: 60_000 });
  return stdout;
}
