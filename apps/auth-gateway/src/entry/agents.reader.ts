import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import { statement, Statements } from '@gatehouse/database';
import { foldName, isAgentByClaims } from '@gatehouse/mapping';
import type { Identity } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';

/** Who is an agent of Jira Service Management, as far as we know without asking Jira (D7). */
@Injectable()
export class Agents {
  private readonly statements: Statements;

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  /** @param name a username or an e-mail address, as somebody typed it: it proves nothing */
  async isKnown(name: string, { settings }: ConfigDocument): Promise<boolean> {
    const groups = settings.customerPortal.agentGroups.map(foldName);
    return (await this.statements.first(findAgent, [foldName(name), groups])) !== undefined;
  }

  /** Of a verified answer. Where a directory says the groups, claims may not: then what is known counts. */
  async isOne(identity: Identity, username: string | undefined, document: ConfigDocument): Promise<boolean> {
    if (isAgentByClaims(identity, document)) return true;
    return username !== undefined && this.isKnown(username, document);
  }
}

/** `$1` folded name or address, `$2` folded groups. A group is wanted, or was given to somebody new and is kept. */
const findAgent = statement<{ account_id: string }>(`
select meant.account_id
from (
  select id as account_id from mapping.account where name_folded = $1::text
  union
  select account_id from mapping.desired_access where lower(content ->> 'email') = $1::text
) as meant
join mapping.desired_access as desired on desired.account_id = meant.account_id
where desired.content -> 'deactivated' is null and (
  exists (
    select from jsonb_array_elements_text(desired.content #> '{groups,wanted}') as wanted (name)
    where lower(normalize(wanted.name)) = any($2::text[]))
  or exists (
    select from sync.granted_membership as given
    where given.account_id = meant.account_id and given.group_folded = any($2::text[])))
limit 1`);
