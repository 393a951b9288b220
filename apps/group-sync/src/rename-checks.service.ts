import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { JiraDirectory } from '@gatehouse/jira-client';
import type { JiraUser } from '@gatehouse/jira-client';
import { decideRename, foldedSet } from '@gatehouse/mapping';
import type { RenameDecision } from '@gatehouse/mapping';
import { RenamesStore } from './renames.store.js';
import type { Guard } from './run.js';
import { SignIns } from './sign-ins.reader.js';

interface Question {
  readonly accountId: string;
  readonly jiraKey: string;
  readonly user: JiraUser | undefined;
  readonly to: string;
  readonly jira: Guard;
}

/** Everything that may stand against a rename, asked before anything is changed (X35). */
@Injectable()
export class RenameChecks {
  constructor(
    private readonly directory: JiraDirectory,
    private readonly renames: RenamesStore,
    private readonly signIns: SignIns,
  ) {}

  async decide({ accountId, jiraKey, user, to, jira }: Question, settings: Settings): Promise<RenameDecision> {
    const holder = await jira.guard(() => this.directory.holderOf(to));
    const duplicated = await jira.guard(() => this.directory.duplicatedUsers());
    return decideRename({
      jiraKey,
      user,
      to,
      holder,
      inSeveralDirectories: duplicated && foldedSet([...duplicated.keys()]),
      isClaimed: await this.renames.isClaimed(accountId, to),
      signInUnderWay: await this.signIns.areUnderWay(accountId),
      settings,
    });
  }
}
