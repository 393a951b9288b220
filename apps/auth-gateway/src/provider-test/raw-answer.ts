import type { RawAnswer } from '@gatehouse/contracts';
import { claimsProblem } from '@gatehouse/relying-party';
import type { VerifiedAnswer } from '@gatehouse/relying-party';

type RawSource = RawAnswer['idToken'];
export type RawSources = Pick<RawAnswer, 'idToken' | 'userinfo'>;

/** What each source said, apart and whole: also what a sign-in does not keep. */
export function rawAnswer(answer: VerifiedAnswer): RawAnswer {
  return { ...sourcesApart(answer), accessToken: answer.seeAccessToken() };
}

/** The two that count. */
export function sourcesApart({ idToken, userinfo }: Pick<VerifiedAnswer, 'idToken' | 'userinfo'>): RawSources {
  return {
    idToken: Object.keys(idToken).length === 0 ? { state: 'none' } : shown(idToken),
    userinfo: userinfoOf(userinfo),
  };
}

function userinfoOf(userinfo: VerifiedAnswer['userinfo']): RawSource {
  switch (userinfo.kind) {
    case 'read':
      return shown(userinfo.claims);
    case 'none':
      return { state: 'none' };
    case 'failed':
      return { state: 'failed', reason: userinfo.reason };
  }
}

/** What is dropped before the claims are checked has no bounds yet. */
function shown(claims: VerifiedAnswer['idToken']): RawSource {
  const problem = claimsProblem(claims);
  return problem ? { state: 'failed', reason: `not shown, because it is ${problem}` } : { state: 'read', claims };
}
