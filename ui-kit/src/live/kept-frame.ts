// The last snapshot a screen showed, kept on the device, so that a page started without network shows something
// honest (with its age) instead of nothing. Public topics carry no personal data, so it may be kept.

import type { SnapshotFrame } from './frames';

const PREFIX = 'khiw.snapshot.';

export function keepSnapshot(name: string, frame: SnapshotFrame, storage: Storage = localStorage): void {
  try {
    storage.setItem(PREFIX + name, JSON.stringify(frame));
  } catch {
    // Full or forbidden storage costs the cache, never the screen.
  }
}

export function keptSnapshot(name: string, storage: Storage = localStorage): SnapshotFrame | null {
  try {
    const text = storage.getItem(PREFIX + name);
    return text === null ? null : (JSON.parse(text) as SnapshotFrame);
  } catch {
    return null;
  }
}
