// A key that names one intention of one person. crypto.randomUUID exists only in secure contexts; a kiosk may be
// opened over plain http on loopback by another name, so the bits are drawn by getRandomValues, which is everywhere.

export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
