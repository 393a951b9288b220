import type { Switches } from '../switches.js';

/**
 * What a caller of another language is told: the same facts in words that no English pattern finds. What stands in
 * quotes stays, because Jira puts names in unchanged.
 */
export function localise(body: unknown, locale: Switches['locale']): unknown {
  if (locale === 'en' || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, translated(value)]));
}

function translated(value: unknown): unknown {
  if (typeof value === 'string') return inKorean(value);
  if (Array.isArray(value)) return value.map(translated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, translated(inner)]));
}

function inKorean(message: string): string {
  const names = message.match(/'[^']*'/g) ?? [];
  return ['요청을 처리할 수 없습니다.', ...names].join(' ');
}
