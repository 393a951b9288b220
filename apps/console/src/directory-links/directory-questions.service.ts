import { Injectable } from '@nestjs/common';
import type { DirectoryLinkDecision } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import { ReviewedConfiguration } from '../directory-review/reviewed-configuration.reader.js';
import { ReviewedPeople } from '../directory-review/reviewed-people.service.js';

type Target = Pick<DirectoryLinkDecision, 'account' | 'jiraKey'>;

interface Known {
  readonly provider: string;
  readonly is_asked: boolean;
}

/** What may be decided: a mistyped key would be answered as done, and link to whoever has it one day. */
@Injectable()
export class DirectoryQuestions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: ReviewedConfiguration,
    private readonly people: ReviewedPeople,
  ) {}

  /** @throws TerminalError `api.not_found` when the person never met this account or Jira user */
  async require(directoryUserId: string, { account, jiraKey }: Target): Promise<void> {
    const values = [directoryUserId, account ?? null, jiraKey ?? null];
    const [known] = await this.dataSource.query<(Known | undefined)[]>(asked, values);
    if (!known) throw new TerminalError('api.not_found', 'No directory has a person of this id.');
    if (known.is_asked || (await this.isForeseen(known.provider, directoryUserId, { account, jiraKey }))) return;
    const target = account === undefined ? 'This Jira user' : 'This account';
    throw new TerminalError('api.not_found', `${target} is not among the questions; GET /directory-links lists them.`);
  }

  /** Of a directory on trial nobody has been asked yet: the review shows whom they would meet. */
  private async isForeseen(provider: string, person: string, { account, jiraKey }: Target): Promise<boolean> {
    if ((await this.configuration.of(provider)).provisioning === 'on') return false;
    const { edited } = await this.configuration.reviewed(provider);
    const [shown] = await this.people.page(provider, edited, { after: undefined, limit: 1, person });
    if (!shown) return false;
    return account === undefined ? shown.jiraKey === jiraKey : shown.account === account;
  }
}

/** What was decided once was asked then. */
const asked = `
select person.provider,
  exists (select 1 from mapping.directory_meeting as met
    where met.directory_user_id = person.id and met.account_id = $2::uuid)
  or exists (select 1 from sync.adoption_question as asked
    join mapping.account_directory_user as link on link.account_id = asked.account_id
    where link.directory_user_id = person.id and asked.jira_key = $3)
  or exists (select 1 from console.link_decision as said
    where said.directory_user_id = person.id and said.target in ('account/' || $2::uuid, 'jira/' || $3)) as is_asked
from directory.directory_user as person where person.id = $1 and person.deleted_at is null`;
