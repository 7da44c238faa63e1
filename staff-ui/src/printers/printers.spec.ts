import { Refused, Unreachable, type PrinterView, type PrintJob } from '@khiw/ui-kit/api';
import { describe, expect, it, vi } from 'vitest';
import { PrintersDesk } from './printers.svelte';

const failed = { id: 7, ticket: { id: 3, number: 'A003' }, state: 'failed' } as PrintJob;
const slip = { id: 8, ticket: null, state: 'failed' } as PrintJob;

function bench() {
  const api = {
    printers: vi.fn().mockResolvedValue([{ id: 'door' } as PrinterView]),
    printJobs: vi.fn((_site: string, wanted: { open?: boolean }) => Promise.resolve(wanted.open ? [failed] : [])),
    printAgain: vi.fn().mockResolvedValue({}),
    printJobAgain: vi.fn().mockResolvedValue({}),
    testPage: vi.fn().mockResolvedValue({}),
  };
  return { api, desk: new PrintersDesk('hall', api as never) };
}

describe('the printers page', () => {
  it('prints a ticket again under one key, and looks again', async () => {
    const { api, desk } = bench();
    await desk.printAgain(failed, 'desk');
    expect(api.printAgain).toHaveBeenCalledWith('hall', 3, { printer: 'desk' }, expect.any(String));
    expect(desk.done).toEqual({ what: 'again', number: 'A003' });
    expect(api.printers).toHaveBeenCalledOnce();
    expect(desk.papers).toEqual([failed]);
  });

  it('prints a slip again by its job', async () => {
    const { api, desk } = bench();
    await desk.printAgain(slip, null);
    expect(api.printJobAgain).toHaveBeenCalledWith('hall', 8, {}, expect.any(String));
  });

  it('a second press while one is under way is nothing', async () => {
    const { api, desk } = bench();
    await Promise.all([desk.testPage('door', 'th'), desk.testPage('door', 'th')]);
    expect(api.testPage).toHaveBeenCalledOnce();
  });

  it('says what was refused, and keeps what it knew while the server is away', async () => {
    const { api, desk } = bench();
    await desk.look();
    api.testPage.mockRejectedValue(new Refused(403, 'forbidden', {}, 'not you'));
    api.printers.mockRejectedValue(new Unreachable('network'));
    await desk.testPage('door', 'th');
    expect((desk.problem as Refused).code).toBe('forbidden');
    expect(desk.done).toBeNull();
    expect(desk.reachable).toBe(false);
    expect(desk.printers).toHaveLength(1);
  });
});
