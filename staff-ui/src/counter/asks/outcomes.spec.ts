import { describe, expect, it } from 'vitest';
import { QUANTITY_MAX, change, toggle } from './outcomes';

describe('results of a ticket', () => {
  it('are chosen and taken back', () => {
    const one = toggle([], 'done');
    expect(one).toEqual([{ code: 'done', quantity: 1 }]);
    expect(toggle(one, 'done')).toEqual([]);
    expect(toggle(one, 'copy').map(({ code }) => code)).toEqual(['done', 'copy']);
  });

  it('have a quantity of at least one and at most the bound', () => {
    const one = toggle([], 'copy');
    expect(change(one, 'copy', -1)[0]?.quantity).toBe(1);
    expect(change(one, 'copy', 1)[0]?.quantity).toBe(2);
    expect(change(one, 'copy', 1_000)[0]?.quantity).toBe(QUANTITY_MAX);
  });
});
