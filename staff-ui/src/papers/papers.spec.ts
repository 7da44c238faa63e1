import { Refused, type PaperSeen, type PaperTemplates } from '@khiw/ui-kit/api';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { LOOK_AFTER_MS, PapersDesk } from './papers.svelte';

const BUILT_IN = '[[block]]\nhuge = "{number}"\n';
const OWN = `${BUILT_IN}[[block]]\nspace = 8\n`;

function papers(config_version = 3, text = BUILT_IN, is_own = false): PaperTemplates {
  return { config_version, templates: [{ kind: 'ticket', is_own, text }], pictures: [] };
}

function seen(changes: Partial<PaperSeen> = {}): PaperSeen {
  return { picture: 'data:image/png;base64,', width: 576, height: 9, missing: [], too_long: false, mistakes: [], ...changes };
}

function office() {
  const api = {
    papers: vi.fn(() => Promise.resolve(papers())),
    previewPaper: vi.fn((_site: string, _kind: string, _asked: { text: string }) => Promise.resolve(seen())),
    replacePaper: vi.fn((_site: string, _kind: string, body: { text: string | null; config_version: number }) =>
      Promise.resolve(papers(body.config_version + 1, body.text ?? BUILT_IN, body.text !== null)),
    ),
  };
  return { api, desk: new PapersDesk('hall', api) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

describe('the papers page', () => {
  test('begins with the template in force and its picture', async () => {
    const { desk } = office();
    await desk.start();
    expect([desk.text, desk.is_changed, desk.is_printable]).toEqual([BUILT_IN, false, true]);
  });

  test('looks once, a moment after the last key', async () => {
    const { api, desk } = office();
    await desk.start();
    for (const text of ['[', '[[', OWN]) {
      desk.text = text;
      desk.lookSoon();
    }
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    expect(api.previewPaper.mock.calls.map(([, , asked]) => asked.text)).toEqual([BUILT_IN, OWN]);
  });

  test('an answer about an older text is not shown', async () => {
    const { api, desk } = office();
    await desk.start();
    let late: (seen: PaperSeen) => void = () => undefined;
    api.previewPaper.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    const first = desk.look();
    api.previewPaper.mockResolvedValueOnce(seen({ height: 2 }));
    await desk.look();
    late(seen({ height: 1 }));
    await first;
    expect(desk.seen?.height).toBe(2);
  });

  test('with a mistake it is not printable', async () => {
    const { api, desk } = office();
    api.previewPaper.mockResolvedValue(
      seen({ picture: null, mistakes: [{ line: 2, block: 1, kind: 'huge', key: 'huge', problem: 'no' }] }),
    );
    await desk.start();
    expect(desk.is_printable).toBe(false);
  });

  test('putting in force sends the version that was seen', async () => {
    const { api, desk } = office();
    await desk.start();
    desk.text = OWN;
    await desk.putInForce();
    expect(api.replacePaper).toHaveBeenCalledWith('hall', 'ticket', { text: OWN, config_version: 3 });
    expect([desk.is_changed, desk.saved_at !== null, desk.current?.is_own]).toEqual([false, true, true]);
    await desk.useBuiltIn();
    expect([desk.text, desk.current?.is_own]).toEqual([BUILT_IN, false]);
  });

  test('when somebody else was quicker the text stays, and pressing again succeeds', async () => {
    const { api, desk } = office();
    await desk.start();
    desk.text = OWN;
    api.replacePaper.mockRejectedValueOnce(new Refused(409, 'configuration_changed', {}, ''));
    api.papers.mockResolvedValueOnce(papers(7));
    await desk.putInForce();
    expect([desk.text, (desk.problem as Refused).code]).toEqual([OWN, 'configuration_changed']);
    await desk.putInForce();
    expect(api.replacePaper).toHaveBeenLastCalledWith('hall', 'ticket', { text: OWN, config_version: 7 });
    expect(desk.problem).toBeNull();
  });

  test('whoever is no administrator is told so', async () => {
    const { api, desk } = office();
    api.papers.mockRejectedValueOnce(new Refused(403, 'forbidden', {}, ''));
    await desk.start();
    expect(desk.kept_out).toBe(true);
  });
});
