import { Injectable } from '@nestjs/common';
import { LiveConfigReader } from '@gatehouse/database';
import { HttpError } from '../http/http-error.js';
import type { Tenant } from './tenants.store.js';
import { TokenBuckets } from './token-bucket.js';

/** After the token is known and before anything is read for it. */
@Injectable()
export class Quotas {
  private readonly buckets = new TokenBuckets();

  constructor(private readonly liveConfig: LiveConfigReader) {}

  /** @throws HttpError 429 with the seconds after which the provider should come again (RFC 6585 section 4) */
  async take({ provider }: Tenant): Promise<void> {
    const { requestsPerSecond: perSecond } = (await this.liveConfig.current()).document.settings.scim;
    const waitMs = this.buckets.take(provider, { perSecond, burst: 2 * perSecond });
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    const detail = `More requests than this provider may send. Wait for ${seconds} s.`;
    throw new HttpError(429, detail, { 'Retry-After': String(seconds) });
  }
}
