// The pages from which a hall is looked after, and who may go in. The server decides in the end: a door that leads
// nowhere is only not shown. Pure.

import type { SessionKind } from '@khiw/ui-kit/api';

import type { StaffKey } from '../words';

export interface Door {
  readonly page: string;
  readonly word: StaffKey;
}

const EVERYBODY: readonly SessionKind[] = ['clerk', 'reception', 'supervisor', 'administrator', 'demo'];
const DOORS: readonly (Door & { kinds: readonly SessionKind[] })[] = [
  { page: 'alarms', word: 'alarms_link', kinds: EVERYBODY },
  { page: 'printers', word: 'printers_title', kinds: EVERYBODY },
  { page: 'papers', word: 'papers_link', kinds: ['administrator', 'demo'] },
  { page: 'devices', word: 'devices_link', kinds: ['reception', 'supervisor', 'administrator', 'demo'] },
  { page: 'media', word: 'media_link', kinds: ['supervisor', 'administrator', 'demo'] },
  { page: 'voices', word: 'voices_link', kinds: ['administrator', 'demo'] },
];

/** None for nobody and for devices. */
export function doorsFor(kind: SessionKind | null): readonly Door[] {
  return kind === null ? [] : DOORS.filter(({ kinds }) => kinds.includes(kind));
}
