import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';

/** Of one provider: nobody who thinks up names takes memory, or silences what is said of others. */
const toldMax = 200;

/**
 * What a client has sent and nothing was made of, although the rest was taken: an operator can see it, so that nothing is
 * answered with success and silence.
 */
@Injectable()
export class PassedOver {
  private readonly told = new Map<string, Set<string>>();

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Once for each provider and name: a client that sends them sends them with every request. */
  names(provider: string, names: readonly string[]): void {
    if (names.length === 0) return;
    const told = this.told.get(provider) ?? new Set();
    this.told.set(provider, told);
    const untold = names.filter((name) => !told.has(name));
    if (untold.length === 0 || told.size >= toldMax) return;
    for (const name of untold) told.add(name);
    this.logger.warn({ provider, names: untold }, 'attributes that no schema has were passed over');
  }

  /** O8: one wrong id must not lose the others. */
  members(provider: string, ids: readonly string[]): void {
    if (ids.length > 0) this.logger.warn({ provider, count: ids.length }, 'members of a group have no id of ours');
  }
}
