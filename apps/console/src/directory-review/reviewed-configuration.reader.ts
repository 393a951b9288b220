import { Injectable } from '@nestjs/common';
import { ownMember } from '@gatehouse/contracts';
import type { ConfigExport, DirectoryReview } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { ConfigApplier } from '../config/config.applier.js';
import { DirectoryReviews } from './directory-review.store.js';
import { reviewedDocument } from './reviewed-document.js';
import type { DecidedGroup } from './reviewed-document.js';

interface Current {
  readonly version: number;
  readonly document: ConfigExport;
  readonly provisioning: DirectoryReview['provisioning'];
}

interface Reviewed extends Current {
  readonly decisions: readonly DecidedGroup[];
  readonly edited: ConfigExport;
}

/** The configuration that holds, and as it would be once the review of a directory is applied. */
@Injectable()
export class ReviewedConfiguration {
  constructor(
    private readonly applier: ConfigApplier,
    private readonly reviews: DirectoryReviews,
  ) {}

  /** @throws TerminalError `api.not_found` */
  async of(provider: string): Promise<Current> {
    const { version, document } = await this.applier.current();
    const mapping = ownMember(document.mappings, provider);
    if (!ownMember(document.providers, provider) || !mapping)
      throw new TerminalError('api.not_found', 'There is no provider of this key.');
    return { version, document, provisioning: mapping.directory.provisioning };
  }

  /** @throws TerminalError `api.not_found`, `review.not_open` */
  async onTrial(provider: string): Promise<Current> {
    const current = await this.of(provider);
    if (current.provisioning === 'on')
      throw new TerminalError('review.not_open', 'Jira follows the directory of this provider already.');
    return current;
  }

  /** @param skipped names of groups to be left out @throws TerminalError as `onTrial` */
  async reviewed(provider: string, skipped: readonly string[] = []): Promise<Reviewed> {
    const current = await this.onTrial(provider);
    const decisions = await this.reviews.decisions(provider);
    return { ...current, decisions, edited: reviewedDocument(current.document, provider, decisions, skipped) };
  }
}
