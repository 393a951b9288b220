import type { JiraRegistrationStatus, OperationsView } from '@gatehouse/contracts';
import type { OperationsSnapshot } from '@gatehouse/messaging';

type Trouble = Pick<NonNullable<JiraRegistrationStatus['lastError']>, 'message' | 'action'>;
type Shown = OperationsView['verdict'] & Pick<OperationsView, 'alerts'>;

/**
 * The verdict on the queues, and beside it whether Jira knows us: with lanes that are all well nobody can sign in
 * otherwise. Never red: a registration has no target time, and who is registered already goes on signing in.
 */
export function shownVerdict(verdict: OperationsSnapshot['verdict'], trouble: Trouble | undefined): Shown {
  const { state, sentence, cause, queue, lateBySeconds, press, alerts } = verdict;
  const shown: Shown = {
    state,
    sentence,
    cause: cause ?? null,
    queue: queue ?? null,
    lateBySeconds,
    press: [...press],
    alerts: [...alerts],
  };
  if (!trouble) return shown;
  const said = `The registration at Jira does not succeed: ${trouble.message} ${trouble.action}`;
  return {
    ...shown,
    state: state === 'ok' ? 'attention' : state,
    sentence: state === 'red' ? sentence : `${sentence} ${said}`,
    press: [...shown.press, { label: 'Registration', method: 'GET', path: '/jira/registration', needs: [] }],
    alerts: [...shown.alerts, { severity: 'attention', what: 'registration', queue: null, sentence: said }],
  };
}
