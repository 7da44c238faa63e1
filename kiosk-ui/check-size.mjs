// The kiosk runs on old machines: its script stays small (DESIGN 10). Words are data and not counted; the phone's page
// is a build of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KIB = 40;
const dist = new URL('./dist/', import.meta.url);
const scripts = readdirSync(dist).filter((name) => name.endsWith('.js') && !name.startsWith('ticket-'));
let total = 0;
for (const name of scripts) {
  const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(6)} KiB  ${name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(6)} KiB  kiosk script, gzip (at most ${LIMIT_KIB})`);
if (scripts.length === 0 || total > LIMIT_KIB * 1024) {
  console.error('The kiosk script is too large, or there is none.');
  process.exit(1);
}
