import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LiveConfigReader } from '@gatehouse/database';
import { JiraAddress } from '../provider/jira.address.js';
import type { Surroundings } from './problem-page.js';

@Injectable()
export class PageSurroundings {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly jira: JiraAddress,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  /** Asks nobody: the page that says the database is away needs it too. */
  current(): Surroundings {
    return {
      basePath: this.config.basePath,
      publicUrl: this.config.publicUrl,
      jiraUrl: this.jira.known,
      contact: this.liveConfig.known?.document.settings.contact,
      now: new Date(),
    };
  }
}
