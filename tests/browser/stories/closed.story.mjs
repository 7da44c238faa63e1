// A public holiday: every service says why it gives no numbers and when it opens, in the visitor's language.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ROOT } from '../stage/binary.mjs';
import { Hall, SITES } from '../stage/hall.mjs';
import { card } from '../stage/kiosk.mjs';
import { expectText, picture, plain } from '../stage/seen.mjs';
import { named, words } from '../stage/words.mjs';

/** Constitution Day in Thailand, National Day in Việt Nam; the morning is as early as people come. */
const HOLIDAYS = {
  th: { clock: '2026-12-10T09:00:00+07:00', opens: { day: /วันศุกร์.*11 ธันวาคม|พรุ่งนี้/u, time: /0[78]:[0-9]{2}/u } },
  vi: { clock: '2026-09-02T09:00:00+07:00', opens: { day: /thứ năm|ngày mai/iu, time: /0[67]:[0-9]{2}/u } },
};

async function closedToday(hall) {
  const { language } = hall;
  const why = words('refusals-visitor', language);
  const kiosk = await hall.open(`/kiosk/${hall.site}`, { kind: 'kiosk', size: 'kiosk' });
  const people = await hall.others();
  const { agencies } = await people.get(`/sites/${hall.site}`);
  const agency = agencies.find((one) => one.services > 0);
  await (await card(kiosk, named(agency.name, language), language)).click();
  const { services } = await people.get(`/sites/${hall.site}/services?agency=${agency.id}&limit=200`);
  assert.ok(services.every((one) => !one.open && one.closed.why === 'holiday'), 'nothing is open on a holiday');

  const [service] = services;
  const shown = await card(kiosk, named(service.name, language), language);
  const note = plain(await shown.locator('.note').innerText()).replace(/^✕\s*/u, '');
  assert.ok(note.startsWith(why.holiday), note);
  const opens = HOLIDAYS[language].opens;
  assert.match(note, opens.day);
  assert.match(note, opens.time);

  await picture(kiosk, `kiosk-${language}-closed-cards`);
  await shown.click();
  const banner = kiosk.locator('[role=alert]');
  await expectText(banner.locator('strong'), words('kiosk', language).closed_title);
  assert.ok(plain(await banner.innerText()).includes(note), 'the same reason and time as on the card');
  assert.equal(await kiosk.getByTestId('take').count(), 0, 'no button that would only refuse');
  await kiosk.getByText(words('kiosk', language).documents, { exact: true }).waitFor();
  await picture(kiosk, `kiosk-${language}-closed-service`);
  assert.deepEqual(hall.browsers.complaints, []);
}

for (const language of ['th', 'vi']) {
  test(`a closed service says why and when it opens (${language})`, async () => {
    const site = SITES[language];
    const files = [`${ROOT}config/sites/${site}.toml`];
    const hall = await Hall.serve({ site, language, files, clock: HOLIDAYS[language].clock });
    try {
      await closedToday(hall);
    } finally {
      await hall.close();
    }
  });
}
