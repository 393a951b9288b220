import { Global, Module } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { HttpJiraClient } from './http.jira-client.js';
import { HttpJiraDirectory } from './http.jira-directory.js';
import { HttpJiraReader } from './http.jira-reader.js';
import { JiraClient } from './jira-client.js';
import { JiraDirectory } from './jira-directory.js';
import { JiraReader } from './jira-reader.js';
import { JiraTraffic } from './traffic/jira-traffic.js';

/** One for all who call Jira from here: its limit is one for our account too. */
export const jiraTrafficProvider = { provide: JiraTraffic, useFactory: () => new JiraTraffic() };

/** The Jira of JIRA_URL and JIRA_TOKEN. */
export const jiraClientProvider = {
  provide: JiraClient,
  inject: [CONFIG, LOGGER, JiraTraffic],
  useFactory: ({ jira }: Config, logger: Logger, traffic: JiraTraffic): JiraClient =>
    new HttpJiraClient({ url: jira.url, token: jira.token.reveal(), logger, traffic }),
};

/** The same Jira for whoever must not change it. */
export const jiraReaderProvider = {
  provide: JiraReader,
  inject: [CONFIG, LOGGER, JiraTraffic],
  useFactory: ({ jira }: Config, logger: Logger, traffic: JiraTraffic): JiraReader =>
    new HttpJiraReader({ url: jira.url, token: jira.token.reveal(), logger, traffic }),
};

export const jiraDirectoryProvider = {
  provide: JiraDirectory,
  inject: [CONFIG, LOGGER, JiraTraffic],
  useFactory: ({ jira }: Config, logger: Logger, traffic: JiraTraffic): JiraDirectory =>
    new HttpJiraDirectory({ url: jira.url, token: jira.token.reveal(), logger, traffic }),
};

/** Imported by the modules that need Jira; Nest makes it once per process. */
@Global()
@Module({
  providers: [jiraTrafficProvider, jiraClientProvider, jiraReaderProvider, jiraDirectoryProvider],
  exports: [JiraClient, JiraReader, JiraDirectory],
})
export class JiraClientModule {}
