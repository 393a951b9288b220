import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * Whether the domain of an address is one of those written. `example.com` is that domain alone, `*.example.com`
 * everything below it and not itself.
 * @param email one plain address, as `readEmail` lets it pass
 */
export function isDomainAllowed(email: string, allowed: readonly string[]): boolean {
  const domain = asciiDomain(email.slice(email.lastIndexOf('@') + 1));
  return domain !== undefined && allowed.some((written) => covers(written, domain));
}

function covers(written: string, domain: string): boolean {
  return written.startsWith('*.') ? domain.endsWith(written.slice(1)) : domain === written;
}

/**
 * The form that the DNS compares. Its rules (UTS 46) also turn fullwidth letters, the Kelvin sign or `%65` into plain
 * letters: whoever writes a domain so means to pass for somebody else. So a domain counts only in one of its two
 * canonical forms, and nothing is folded before but ASCII letters.
 */
function asciiDomain(domain: string): string | undefined {
  const lower = domain.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const ascii = domainToASCII(lower);
  if (ascii === '') return undefined;
  return ascii === lower || domainToUnicode(ascii) === lower ? ascii : undefined;
}
