import { HttpBrowser } from '@gatehouse/testing';
import type { Ledger } from './ledger.js';

/** Named like addresses of the flow, and rightly found in a log as such. */
const publicCookies = /interaction|resume/i;

/** A browser that keeps the ledger. */
export class LedgerBrowser extends HttpBrowser {
  constructor(
    private readonly person: string,
    private readonly ledger: Ledger,
    fetch?: typeof globalThis.fetch,
  ) {
    super(fetch);
  }

  override async request(url: URL, init: RequestInit): Promise<Response> {
    const response = await super.request(url, init);
    this.noteSecrets(url, response);
    const state = url.searchParams.get('state');
    const goesOn = response.status >= 300 && response.status <= 399;
    if (url.pathname.includes('/_sso/callback/') && state !== null && goesOn) this.ledger.accept(this.person, state);
    return response;
  }

  private noteSecrets(url: URL, response: Response): void {
    const code = url.searchParams.get('code');
    if (code !== null) this.ledger.noteSecret(code);
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';', 1)[0]!.split('=', 2);
      if (!publicCookies.test(name!)) this.ledger.noteSecret(value ?? '');
    }
  }
}
