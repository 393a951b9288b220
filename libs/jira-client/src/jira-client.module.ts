import { Global, Module } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { HttpJiraClient } from './http.jira-client.js';
import { HttpJiraReader } from './http.jira-reader.js';
import { JiraClient } from './jira-client.js';
import { JiraReader } from './jira-reader.js';

/** The Jira of JIRA_URL and JIRA_TOKEN. */
export const jiraClientProvider = {
  provide: JiraClient,
  inject: [CONFIG, LOGGER],
  useFactory: ({ jira }: Config, logger: Logger): JiraClient =>
    new HttpJiraClient({ url: jira.url, token: jira.token.reveal(), logger }),
};

/** The same Jira for whoever must not change it. */
export const jiraReaderProvider = {
  provide: JiraReader,
  inject: [CONFIG, LOGGER],
  useFactory: ({ jira }: Config, logger: Logger): JiraReader =>
    new HttpJiraReader({ url: jira.url, token: jira.token.reveal(), logger }),
};

/** Imported by the modules that need Jira; Nest makes it once per process. */
@Global()
@Module({ providers: [jiraClientProvider, jiraReaderProvider], exports: [JiraClient, JiraReader] })
export class JiraClientModule {}
