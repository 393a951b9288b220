import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { JiraAddress } from '../provider/jira.address.js';
import type { Surroundings } from './problem-page.js';

@Injectable()
export class PageSurroundings {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly jira: JiraAddress,
  ) {}

  current(): Surroundings {
    return { basePath: this.config.basePath, jiraUrl: this.jira.known };
  }
}
