import { describe, expect, it } from 'vitest';
import { entrance, homeOf } from './address';

describe('a sign-in link', () => {
  it('carries the token and where to go', () => {
    expect(entrance('#token=abc&next=/counter/s/c1')).toEqual({ token: 'abc', next: '/counter/s/c1' });
  });

  it('may lack both', () => {
    expect(entrance('')).toEqual({ token: null, next: '/' });
    expect(entrance('#token=')).toEqual({ token: null, next: '/' });
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\nb'])(
    'never leads to another server: %j',
    (next) => {
      expect(entrance(`#token=abc&next=${encodeURIComponent(next)}`).next).toBe('/');
    },
  );
});

describe('the home of a session', () => {
  it('is the page its kind is made for', () => {
    expect(homeOf({ kind: 'kiosk', site: 's' })).toBe('/kiosk/s');
    expect(homeOf({ kind: 'display', site: 's' })).toBe('/display/s');
    expect(homeOf({ kind: 'clerk', site: 's', counter: 'c 1' })).toBe('/counter/s/c%201');
    expect(homeOf({ kind: 'clerk', site: 's' })).toBe('/');
    expect(homeOf({ kind: 'administrator', site: null })).toBe('/');
  });
});
