// Takes pictures of the built visitor's pages at their real sizes, with an invented hall instead of a server and the
// same content security policy as the server's. Usage, in kiosk-ui: node pictures/take.mjs [OUT_DIR] [only names with this]
import { readFileSync, mkdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { detail, issued, NOW, queues, services, site, ticket } from './hall.mjs';

const [out = '../target/kiosk-pictures', only = ''] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const dist = new URL('../dist/', import.meta.url).pathname;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws:; media-src 'self'";
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json', '.woff2': 'font/woff2' };
const ORIGIN = 'http://khiw.test';
const PORTRAIT = { width: 1080, height: 1920 };
const LANDSCAPE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

async function hall(page, { languages = ['th', 'en', 'vi'], agencies = 1, issue = () => ({ status: 201, json: issued('pending', true) }), print = 'printed', public_ticket = ticket(), mute = false, dead = false } = {}) {
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const send = (json, status = 200) => route.fulfill({ status, json });
    if (pathname.startsWith('/assets/kiosk-ui/')) {
      const file = join(dist, pathname.slice('/assets/kiosk-ui/'.length));
      return route.fulfill({ body: readFileSync(file), contentType: TYPES[extname(file)] });
    }
    if (!pathname.startsWith('/api/')) return route.fulfill({ body: readFileSync(join(dist, pathname.startsWith('/ticket/') ? 'ticket.html' : 'index.html')), contentType: 'text/html', headers: { 'content-security-policy': CSP } });
    if (dead) return route.abort();
    if (pathname.endsWith('/sites/hall')) return send(site(languages, agencies));
    if (pathname.endsWith('/services')) {
      const q = new URL(route.request().url()).searchParams.get('q');
      return send({ services: q ? services.slice(0, 5) : services, total: 6 });
    }
    const service = pathname.match(/services\/(s\d)$/);
    if (service) return send(detail(services.find((one) => one.id === service[1])));
    if (pathname.endsWith('/tickets')) {
      const answer = issue(route.request());
      return answer === null ? route.abort() : send(answer.json, answer.status);
    }
    if (pathname.includes('/tickets/')) return public_ticket ? send(public_ticket) : send({ title: 'Not found', status: 404, code: 'unknown_ticket', detail: '' }, 404);
    return send({ code: 'not_found' }, 404);
  });
  await page.routeWebSocket(/live/, (socket) => {
    if (dead) return socket.close();
    const topic = new URL(socket.url()).searchParams.get('topic');
    const stamp = { now: NOW, position: 'j.1.7', seq: 7, at: NOW };
    if (mute) return;
    const first = topic === 'ticket' ? { ticket: { ...public_ticket, print: { state: print } } } : { calls: [], queues, announce_below_s: 30, simulated: true, speed: 1 };
    socket.send(JSON.stringify({ type: 'snapshot', ...stamp, ...first }));
    if (topic !== 'ticket' || !public_ticket?.once) setInterval(() => socket.send(JSON.stringify({ type: 'heartbeat', now: NOW })), 4000).unref();
  });
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
const complaints = [];
async function shot(name, viewport, path, options, walk = async () => {}) {
  if (only && !name.includes(only)) return;
  const page = await browser.newPage({ viewport, locale: options.locale ?? 'th-TH' });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !/net::ERR_FAILED|status of 4|WebSocket/.test(message.text()) && complaints.push(`${name}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
  await hall(page, options);
  await page.goto(ORIGIN + path);
  await page.waitForSelector(options.ready ?? '[data-testid=card]');
  await walk(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(150);
  // Nothing may be wider than the screen, and no text may be cut.
  const cut = await page.evaluate(() => [...document.querySelectorAll('button, p, h1, li, dd, .text')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).display !== 'inline' || (one.tagName === 'BUTTON' && one.scrollHeight > one.clientHeight + 2));
  }).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`));
  if (cut.length) complaints.push(`${name}: cut or out of the screen: ${cut.join(' | ')}`);
  await page.screenshot({ path: join(out, `${name}.png`) });
  await page.close();
}

const speak = (page, lang) => page.click(`button[lang=${lang}]`);
const card = (page, n) => page.locator('[data-testid=card]').nth(n).click();
const asking = (page) => page.click('[data-testid=take]');
const SIZES = [['p', PORTRAIT], ['l', LANDSCAPE]];
for (const [size, viewport] of SIZES) {
  for (const lang of ['th', 'en', 'vi']) {
    const say = (page) => speak(page, lang);
    const at = (what) => `kiosk-${size}-${lang}-${what}`;
    await shot(at('1home'), viewport, '/kiosk/hall', {}, say);
    await shot(at('2agencies'), viewport, '/kiosk/hall', { agencies: 8 }, say);
    await shot(at('3service'), viewport, '/kiosk/hall', {}, async (page) => { await say(page); await card(page, 1); await page.waitForSelector('dl'); });
    await shot(at('4ticket'), viewport, '/kiosk/hall', {}, async (page) => { await say(page); await card(page, 0); await asking(page); await page.waitForSelector('[data-state=printed]'); });
    await shot(at('5search'), viewport, '/kiosk/hall', {}, async (page) => { await say(page); await page.click('[data-testid=search]'); await page.fill('input', lang === 'th' ? 'ทะเบียน' : 'reg'); await page.waitForSelector('[data-testid=card]'); });
    await shot(at('6help'), viewport, '/kiosk/hall', {}, async (page) => { await say(page); await page.click('[data-testid=help]'); });
    await shot(at('7closed'), viewport, '/kiosk/hall', {}, async (page) => { await say(page); await card(page, 3); await page.waitForSelector('dl'); });
  }
  await shot(`kiosk-${size}-th-8printer`, viewport, '/kiosk/hall', { print: 'failed', issue: () => ({ status: 201, json: issued('failed', false) }) }, async (page) => { await card(page, 0); await asking(page); await page.waitForSelector('[data-state=failed]'); });
  await shot(`kiosk-${size}-th-9retry`, viewport, '/kiosk/hall', { issue: () => null }, async (page) => { await card(page, 0); await asking(page); await page.waitForTimeout(3500); });
  await shot(`kiosk-${size}-vi-9refused`, viewport, '/kiosk/hall', { issue: () => ({ status: 409, json: { title: 'no', status: 409, code: 'quota_reached', detail: 'x', queue: 'a', period: 'hour', next_at: '2026-12-02T10:00:00+07:00' } }) }, async (page) => { await speak(page, 'vi'); await card(page, 0); await asking(page); await page.waitForTimeout(300); });
  await shot(`kiosk-${size}-th-9dead`, viewport, '/kiosk/hall', { dead: true, ready: '.banner' });
  await shot(`kiosk-${size}-th-9seven`, viewport, '/kiosk/hall', { languages: ['th', 'en', 'ms', 'lo', 'my', 'zh', 'vi'] }, (page) => speak(page, 'ms'));
}
for (const lang of ['th', 'en', 'vi']) {
  const phone = (what, change, extra = {}) => shot(`phone-${lang}-${what}`, PHONE, '/ticket/tok', { locale: lang, public_ticket: change && ticket(change), ready: '.phone', ...extra }, async (page) => page.waitForSelector('h1'));
  await phone('1waiting', {});
  await phone('2called', { state: 'called', attempt: 1, counter: { id: '3', label: '3', place: { th: 'ช่องบริการ', en: 'counter', vi: 'quầy' } } });
  await phone('3near', { ahead: 0, estimate: { p50_s: 0, p90_s: 120 }, print: { state: 'failed' } }, { print: 'failed' });
  await phone('4noshow', { state: 'no_show' });
  await phone('5gone', null);
}
await shot('phone-th-6stale', PHONE, '/ticket/tok', { mute: true, ready: '.phone' }, async (page) => page.waitForSelector('.banner', { timeout: 15000 }));
await browser.close();
for (const complaint of complaints) console.log('!', complaint);
console.log(`${complaints.length} complaints`);
