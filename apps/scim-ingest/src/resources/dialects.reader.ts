import { Injectable } from '@nestjs/common';
import { ownMember } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { everyDialect } from '@gatehouse/scim';
import type { Dialects } from '@gatehouse/scim';

/** What a provider may send beside the standard: all of it, unless its configuration turns something off. */
@Injectable()
export class DialectsReader {
  constructor(private readonly liveConfig: LiveConfigReader) {}

  async of(provider: string): Promise<Dialects> {
    const { document } = await this.liveConfig.current();
    return { ...everyDialect, ...ownMember(document.providers, provider)?.scim.dialects };
  }
}
