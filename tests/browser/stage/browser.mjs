// Chromium for the stories: sandbox off (they may run as root), no background networking, sound shut until a touch,
// as on a real screen. The LAN name leads to loopback.

import { chromium } from 'playwright-core';

import { LAN_NAME } from './binary.mjs';

export const SIZES = {
  kiosk: { width: 1080, height: 1920 },
  kiosk_wide: { width: 1280, height: 800 },
  lobby: { width: 1920, height: 1080 },
  lobby_upright: { width: 1080, height: 1920 },
  lobby_small: { width: 1280, height: 720 },
  lobby_sharp: { width: 3840, height: 2160 },
  clerk: { width: 1366, height: 768 },
  clerk_narrow: { width: 420, height: 768 },
  phone: { width: 390, height: 844 },
  hall: { width: 1366, height: 900 },
};

export const LOCALES = { th: 'th-TH', vi: 'vi-VN', en: 'en-GB' };

/** A page shows something within this time, unless a story says otherwise. */
const SHOWN_WITHIN_MS = 10_000;

/** What only the browser itself says, when a line is cut, a refusal comes, or nobody has touched yet. */
const BROWSERS_OWN = /Failed to load resource|WebSocket connection|net::ERR_|AudioContext was not allowed/;

export class Browsers {
  #browser;
  /** Errors of pages, warnings and refusals of the content security policy. A story ends without any. */
  complaints = [];

  /** `microphone`: a sound file that every device's microphone hears again and again; pages may use it. */
  static async launch({ trusted_key = null, microphone = null } = {}) {
    const args = [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--autoplay-policy=document-user-activation-required',
      `--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`,
    ];
    if (trusted_key !== null) args.push(`--ignore-certificate-errors-spki-list=${trusted_key}`);
    if (microphone !== null) {
      args.push('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}`);
    }
    const browsers = new Browsers();
    const executablePath = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
    browsers.#browser = await chromium.launch({ executablePath, args });
    return browsers;
  }

  /** One person's or device's browser, with nothing in it yet. */
  async device({ size = 'hall', language = 'th', before = null } = {}) {
    const context = await this.#browser.newContext({
      viewport: SIZES[size],
      locale: LOCALES[language],
      reducedMotion: 'no-preference',
    });
    context.setDefaultTimeout(SHOWN_WITHIN_MS);
    if (before !== null) await context.addInitScript(before);
    context.on('weberror', (error) => this.complaints.push(String(error.error())));
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type()) || BROWSERS_OWN.test(message.text())) return;
      this.complaints.push(`${message.page()?.url() ?? ''}: ${message.text()}`);
    });
    return context;
  }

  async close() {
    await this.#browser.close();
  }
}
