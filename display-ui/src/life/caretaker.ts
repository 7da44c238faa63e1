// Keeps a screen alive and lets staff know that it is: sends its reports, follows its orders, and loads the page anew
// when nothing else helps. Every rule is in report.ts and watchdog.ts; this file only carries out.

import type { Order } from '../settings/own-frames';
import { NOTHING_REPORTED, haveSpoken, isDue, reportOf, reported, type Signs } from './report';
import { mayReload } from './safe-reload';
import { handOver, notNow, sign, takeOver, wantsReload } from './watchdog';

const KEPT = 'khiw.lobby.reloads';

export interface CaretakerPorts {
  /** False when the line is cut. */
  send(message: { type: string }): boolean;
  signs(): Signs;
  /** Null before anything was heard. */
  heardMsAgo(): number | null;
  renew(): Promise<unknown>;
  /** The voices or the media are others now. */
  onOther(what: 'voices' | 'media'): void;
}

export class Caretaker {
  #reporting = NOTHING_REPORTED;
  #watch = takeOver(sessionStorage.getItem(KEPT), performance.now());
  #is_asking = false;

  constructor(private readonly ports: CaretakerPorts) {}

  spoken(key: string): void {
    this.#reporting = haveSpoken(this.#reporting, key);
  }

  /** Several times a second. Only an enrolled screen reports. */
  beat(is_enrolled: boolean): void {
    const now_ms = performance.now();
    if (is_enrolled) this.#report(now_ms);
    const heard_ms_ago = this.ports.heardMsAgo();
    if (heard_ms_ago !== null) this.#watch = sign(this.#watch, now_ms - heard_ms_ago);
    // A hidden page is put to sleep by its browser and hears nothing: that is no fault of it.
    if (document.visibilityState === 'hidden') this.#watch = sign(this.#watch, now_ms);
    if (wantsReload(this.#watch, now_ms)) void this.#reload();
  }

  follow(order: Order): void {
    if (order === 'reload') void this.#reload();
    else if (order === 'renew') this.ports.renew().catch(() => undefined);
    else this.ports.onOther(order);
  }

  #report(now_ms: number): void {
    const signs = this.ports.signs();
    if (!isDue(this.#reporting, signs, now_ms)) return;
    if (this.ports.send(reportOf(this.#reporting, signs))) this.#reporting = reported(this.#reporting, signs, now_ms);
  }

  async #reload(): Promise<void> {
    if (this.#is_asking) return;
    this.#is_asking = true;
    const may = await mayReload();
    const now_ms = performance.now();
    if (may) {
      sessionStorage.setItem(KEPT, handOver(this.#watch, now_ms));
      location.reload();
    } else {
      this.#watch = notNow(this.#watch, now_ms);
    }
    this.#is_asking = false;
  }
}
