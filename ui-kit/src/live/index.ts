export { type Call, type Frame, type NoticeCode, parseFrame, type SnapshotFrame } from './frames';
export { HallClock } from './hall-clock';
export { keepSnapshot, keptSnapshot } from './kept-frame';
export { type Freshness, SILENT_AFTER_MS, STALE_AFTER_MS } from './link';
export { LiveClient, type LiveListener, type LivePorts, type LiveSocket, type LiveTopic, liveUrl } from './live-client';
