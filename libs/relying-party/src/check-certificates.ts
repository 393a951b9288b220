import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { guardedLookup } from './guarded.agents.js';
import { checkMs, daysUntil, fixUnreachable } from './provider-check.js';
import type { ProviderCheck } from './provider-check.js';
import { destinationOf, refusalOf } from './reach.js';
import type { Reach } from './reach.js';
import { unreachableReason } from './unreachable-reason.js';

const hostsMax = 4;
const warnDays = 14;

/** One line for each host. */
export async function checkCertificates(addresses: readonly string[], reach: Reach): Promise<ProviderCheck[]> {
  const origins = new Map(addresses.map((address) => new URL(address)).map((url) => [url.origin, url]));
  return Promise.all([...origins.values()].slice(0, hostsMax).map((url) => checkCertificate(url, reach)));
}

async function checkCertificate(url: URL, reach: Reach): Promise<ProviderCheck> {
  const refusal = refusalOf(url, reach);
  if (refusal !== undefined)
    return failed(`${url.host} is not called: ${refusal}.`, 'Use an https address that is meant to be called.');
  if (url.protocol === 'http:')
    return {
      check: 'tls',
      outcome: 'warning',
      text: `${url.host} is called without encryption: only on this machine, and not in production.`,
    };
  try {
    const expiresAt = await certificateExpiry(url, reach);
    const days = daysUntil(expiresAt);
    const text = `The certificate of ${url.host} is good for ${days} more days.`;
    if (days >= warnDays) return { check: 'tls', outcome: 'ok', text };
    return { check: 'tls', outcome: 'warning', text, fix: 'See that the provider renews it.' };
  } catch (error) {
    return failed(`There is no safe connection to ${url.host}: ${unreachableReason(error)}.`, fixUnreachable);
  }
}

async function certificateExpiry(url: URL, reach: Reach): Promise<Date> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: url.port === '' ? 443 : Number(url.port),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    lookup: guardedLookup(destinationOf(url, reach)),
  });
  const timer = setTimeout(() => socket.destroy(new DOMException('too slow', 'TimeoutError')), checkMs);
  try {
    await secured(socket);
    return new Date(socket.getPeerCertificate().valid_to);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket
      .once('secureConnect', resolve)
      .on('error', reject)
      .once('close', () => reject(new Error('closed')));
  });
}

function failed(text: string, fix: string): ProviderCheck {
  return { check: 'tls', outcome: 'failed', text, fix };
}
