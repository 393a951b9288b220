import { Injectable } from '@nestjs/common';
import type { ProviderTestResult, TestedJira } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import {
  adviseOnAnswer,
  adviseOnJira,
  configOnTrial,
  explainClaims,
  explainMapping,
  foldName,
  foreseeAccount,
  profileOf,
  withGroupsElsewhere,
  worstFirst,
} from '@gatehouse/mapping';
import type { Foreseen } from '@gatehouse/mapping';
import { claimsProblem, mergeClaims } from '@gatehouse/relying-party';
import type { VerifiedAnswer } from '@gatehouse/relying-party';
import { SignInError } from '../pages/sign-in-error.js';
import { AccountRecords } from './account-record.store.js';
import { JiraForesight } from './jira-foresight.service.js';
import type { JiraQuestion } from './jira-foresight.service.js';
import type { ProviderOnTrial } from './provider-test.store.js';
import { rawAnswer } from './raw-answer.js';

/** What a verified answer shows in its three parts: what was said, what the rules make of it, what would happen in Jira (U06). */
@Injectable()
export class TestExplanation {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly records: AccountRecords,
    private readonly foresight: JiraForesight,
  ) {}

  /** @throws SignInError for claims that a sign-in would not keep either */
  async of(trial: ProviderOnTrial, answer: VerifiedAnswer): Promise<ProviderTestResult> {
    const { key, provider, mapping } = trial;
    const userinfo = answer.userinfo.kind === 'read' ? answer.userinfo.claims : {};
    const { claims: merged } = mergeClaims(answer.idToken, userinfo);
    const claims = answer.userinfo.kind === 'failed' ? withGroupsElsewhere(merged, mapping.groups) : merged;
    const problem = claimsProblem(claims);
    if (problem) throw new SignInError('login.answer_invalid', { internal: `the claims are ${problem}` });
    const live = await this.liveConfig.current();
    const config = configOnTrial({ key, provider, mapping, config: live.document });
    const candidate = { provider: key, claims };
    const { username } = profileOf(claims, mapping);
    const record = await this.records.of(key, answer, foldName(username ?? ''));
    const foreseen = foreseeAccount(candidate, record, config);
    const explain = (known: Foreseen) => explainMapping({ key, provider, mapping, config, claims }, known);
    const first = explain(foreseen);
    const jira = await this.inJira(first.decision.kind, { candidate, identityId: record.identityId, config }, foreseen);
    const mapped = explain(withLastRefusal(foreseen, jira));
    const tested = explainClaims(claims, answer.idToken, userinfo);
    const clockSkewSeconds = skewOf(answer.idToken);
    const userinfoFailure = answer.userinfo.kind === 'failed' ? answer.userinfo.reason : undefined;
    const account = record.own ? 'linked' : record.named ? 'name-known' : 'new';
    const isRefusedByJira = jira.state === 'asked' && jira.account.action === 'refuse';
    return {
      outcome: mapped.decision.kind === 'enter' && !isRefusedByJira ? 'would-enter' : 'would-be-refused',
      subject: answer.subject,
      clientAuthentication: provider.clientAuthentication,
      ...(clockSkewSeconds === undefined ? {} : { clockSkewSeconds }),
      raw: rawAnswer(answer),
      claims: tested,
      mapping: { ...mapped, account },
      jira,
      advice: worstFirst([
        ...adviseOnAnswer({ provider, mapping, claims, tested, mapped, userinfoFailure, clockSkewSeconds }),
        ...adviseOnJira(jira),
      ]),
    };
  }

  private async inJira(
    decision: 'enter' | 'refuse',
    question: Omit<JiraQuestion, 'foreseen'>,
    foreseen: Foreseen,
  ): Promise<TestedJira> {
    if (decision === 'refuse' || foreseen.kind === 'refuse') {
      return { state: 'not-asked', because: 'the sign-in would be refused before Jira has a part in it' };
    }
    return this.foresight.of({ ...question, foreseen });
  }
}

/** While Jira cannot be asked, what it came to the last time is the best that is known. */
function withLastRefusal(foreseen: Foreseen, jira: TestedJira): Foreseen {
  const code = foreseen.kind === 'account' && jira.state === 'unavailable' ? foreseen.account?.refused : undefined;
  return code === undefined ? foreseen : { kind: 'refuse', code };
}

/** The token was made for this very exchange, a moment ago. */
function skewOf({ iat }: VerifiedAnswer['idToken']): number | undefined {
  return typeof iat === 'number' ? Math.round(iat - Date.now() / 1000) : undefined;
}
