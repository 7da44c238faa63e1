// What a visitor does at the kiosk, by what a visitor sees: languages in their own names, cards, one button.

import { expectText } from './seen.mjs';
import { LANGUAGES, named, say, words } from './words.mjs';

/** Chooses a language by its own name; the question of the first page then stands in it. */
export async function chooseLanguage(page, language) {
  await page.getByRole('button', { name: LANGUAGES[language], exact: true }).click();
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
  const { question, question_agency } = words('kiosk', language);
  await page.getByRole('heading', { level: 1 }).filter({ hasText: new RegExp(`^(${escaped(question)}|${escaped(question_agency)})$`, 'u') }).waitFor();
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The card of this name, turning pages until it comes. */
export async function card(page, name, language) {
  const next = page.getByRole('button', { name: `${words('kiosk', language).next} ›`, exact: true });
  await page.getByTestId('card').first().waitFor();
  for (;;) {
    const found = page.getByTestId('card').filter({ has: page.getByText(name, { exact: true }) });
    if ((await found.count()) > 0) return found.first();
    if ((await next.count()) === 0 || (await next.isDisabled())) throw new Error(`no card is called “${name}”`);
    await next.click();
  }
}

/** The first open service of these queues in the order of the cards, with its agency. */
export async function servedBy(client, site, queues) {
  const { agencies } = await client.get(`/sites/${site}`);
  for (const agency of agencies.filter((one) => one.services > 0)) {
    const { services } = await client.get(`/sites/${site}/services?agency=${agency.id}&limit=200`);
    const found = services.find((one) => one.open && queues.includes(one.queue));
    if (found !== undefined) return { agency, service: found };
  }
  throw new Error(`no open service has a queue among ${queues}`);
}

/** From the first page to the page of the service. */
export async function walkTo(page, { agency, service }, language) {
  const { question_agency, question_in_agency } = words('kiosk', language);
  await page.getByTestId('card').first().waitFor();
  if (await page.getByRole('heading', { name: question_agency }).isVisible()) {
    await (await card(page, named(agency.name, language), language)).click();
    const question = say(question_in_agency, { agency: named(agency.name, language) });
    await page.getByRole('heading', { name: question }).waitFor();
  }
  await (await card(page, named(service.name, language), language)).click();
  await page.getByRole('heading', { name: named(service.name, language), exact: true }).waitFor();
}

/** Presses the one button; answers the server's answer once the number stands on the screen. */
export async function take(page) {
  const answer = page.waitForResponse((response) => isIssue(response.request()) && response.ok());
  await page.getByTestId('take').click();
  const issued = await (await answer).json();
  await expectText(page.getByTestId('number'), issued.number);
  return issued;
}

export function isIssue(request) {
  return request.method() === 'POST' && new URL(request.url()).pathname.endsWith('/tickets');
}
