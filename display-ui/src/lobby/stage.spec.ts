import { describe, expect, it } from 'vitest';
import { callKey } from './board';
import { TOGETHER_MS, stage, withSaid } from './stage';
import { sampleCall } from './testing';
import { NO_TURNS, announce } from './turns';

const older = sampleCall({ ticket: 1, number: 'A011' });
const newer = sampleCall({ ticket: 2, number: 'A012' });
const calls = [newer, older];

describe('what stands large', () => {
  it('is empty before the first call', () => {
    expect(stage([], NO_TURNS, new Map(), 0)).toEqual({ large: [], earlier: [] });
  });

  it('is the newest call alone when the one before is long past', () => {
    const shown = stage(calls, NO_TURNS, new Map([[callKey(older), 0]]), TOGETHER_MS);
    expect(shown).toEqual({ large: [newer], earlier: [older] });
  });

  it('is both, newest first, when they came close together', () => {
    const shown = stage(calls, NO_TURNS, new Map([[callKey(older), 0]]), TOGETHER_MS - 1);
    expect(shown).toEqual({ large: [newer, older], earlier: [] });
  });

  it('keeps a call large until its own highlight has been', () => {
    const turns = announce(NO_TURNS, [older, newer], 0);
    expect(stage(calls, turns, new Map(), 999_999).large).toEqual([newer, older]);
  });

  it('lists, not enlarges, calls from before this screen started', () => {
    expect(stage(calls, NO_TURNS, new Map(), 5).large).toEqual([newer]);
  });
});

describe('the call that is being said', () => {
  const third = sampleCall({ ticket: 3, number: 'A013' });
  const together = { large: [third, newer], earlier: [older] };

  it('takes the place of the second one when others came since', () => {
    expect(withSaid(together, callKey(older))).toEqual({ large: [third, older], earlier: [newer] });
    expect(withSaid({ large: [newer], earlier: [older] }, callKey(older))).toEqual({ large: [newer, older], earlier: [] });
  });

  it('changes nothing when it stands large already, or is not of this screen', () => {
    expect(withSaid(together, callKey(newer))).toBe(together);
    expect(withSaid(together, 'another')).toBe(together);
    expect(withSaid(together, null)).toBe(together);
  });
});
