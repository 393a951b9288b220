import { discoveryRequest } from './discovery.client.js';
import { checkMs } from './provider-check.js';
import type { CheckedProvider, ProviderCheck } from './provider-check.js';
import { discoveryUrl } from './provider-metadata.js';
import { askProvider } from './provider.client.js';

/** A `Date` header has whole seconds, and a request takes a while. */
const exactSeconds = 3;

/** By the `Date` header, whatever the answer is (P09). */
export async function checkClock({ provider, reach, metadata }: CheckedProvider): Promise<ProviderCheck[]> {
  const url = provider.endpoints ? metadata.token_endpoint : discoveryUrl(provider.issuer);
  const startedAt = Date.now();
  const answer = await askProvider(url, discoveryRequest, checkMs, reach).catch(() => undefined);
  const theirs = answer?.date === undefined ? NaN : Date.parse(answer.date);
  if (Number.isNaN(theirs))
    return [{ check: 'clock', outcome: 'warning', text: 'The provider does not tell its time; nothing was compared.' }];
  const skew = Math.round((theirs - (startedAt + Date.now()) / 2) / 1000);
  return [clockLine(skew, provider.clockToleranceSeconds)];
}

function clockLine(skew: number, tolerance: number): ProviderCheck {
  const size = Math.abs(skew);
  if (size <= exactSeconds) return { check: 'clock', outcome: 'ok', text: 'The clocks agree.' };
  const ahead =
    skew > 0 ? "The provider's clock is ahead of this server's" : "This server's clock is ahead of the provider's";
  return {
    check: 'clock',
    outcome: size > tolerance ? 'failed' : 'warning',
    text: `${ahead} by ${size} s; ${tolerance} s are tolerated.`,
    fix: 'Let both servers follow a time server (NTP).',
  };
}
