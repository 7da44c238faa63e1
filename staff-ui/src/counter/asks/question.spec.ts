import { describe, expect, it } from 'vitest';
import { stillStands } from './question';

describe('an open question', () => {
  it('falls away when another ticket came to the counter', () => {
    const question = { about: 'transfer', ticket: 12 } as const;
    expect(stillStands(question, 12)).toBe(question);
    expect(stillStands(question, 13)).toBeNull();
    expect(stillStands(question, null)).toBeNull();
  });

  it('about the counter stands whatever is at hand', () => {
    const question = { about: 'pause' } as const;
    expect(stillStands(question, null)).toBe(question);
    expect(stillStands(null, 12)).toBeNull();
  });
});
