import { describe, expect, it } from 'vitest';

import { versionOf } from './version';

describe('the version of a page', () => {
  it('is the hash its script is named by', () => {
    expect(versionOf('https://hall.test/assets/display-ui/index-COroianu.js')).toBe('COroianu');
    expect(versionOf('https://hall.test/assets/display-ui/index-B9y1-ips.js?x')).toBe('B9y1-ips');
  });

  it('is said openly when it was not built', () => {
    expect(versionOf('http://127.0.0.1:5173/src/main.ts')).toBe('unbuilt');
  });
});
