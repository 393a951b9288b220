/**
 * Every error code, what it means and what the operator does about it.
 * Codes are `area.what_happened`. docs/errors.md is generated from this table.
 */
export const codes = {
  'jira.unreachable': {
    meaning: 'Jira did not answer within the deadline, or refused the connection.',
    action: 'Check that Jira is up and that JIRA_URL is right. Work resumes by itself.',
  },
  'jira.unavailable': {
    meaning: 'Jira answered with a server error or a page instead of data.',
    action: 'Look at Jira (start-up, upgrade, maintenance). Work resumes by itself.',
  },
  'jira.rate_limited': {
    meaning: 'Jira limits our requests (429).',
    action:
      'Exempt the service account from rate limiting in Jira. Work resumes by itself after the time Jira asked for.',
  },
  'jira.credentials_refused': {
    meaning: 'Jira did not accept JIRA_TOKEN, or the account behind it may not administer users.',
    action: 'Create a new personal access token of an account with the permission Administer Jira and set JIRA_TOKEN.',
  },
  'jira.conflict': {
    meaning: 'Jira refused a change, and reading the account again did not explain it.',
    action: 'It is tried again; if it is parked, look at the recorded answer and repair the user in Jira.',
  },
  'jira.request_refused': {
    meaning: 'Jira refused a change as invalid.',
    action:
      'Look at the recorded answer: a name or value that Jira does not accept must change at the identity provider or in the mapping.',
  },
  'jira.sso_name_taken': {
    meaning: 'Jira has another way to sign in of the name that ours is to have, and takes each name once.',
    action:
      'In Jira, under System, Authentication methods, rename that entry, or delete it if the installation it leads to is gone. The registration is tried again by itself.',
  },
  'jira.answer_incomplete': {
    meaning: 'Jira answered with a part of a record: a list of groups without all its names, or more than 1 MB.',
    action: 'It is tried again; nothing is removed on such an answer. If it is parked, look at the user in Jira.',
  },
  'jira.group_missing': {
    meaning:
      'A group named by the mapping does not exist in Jira. Nobody is kept out for it; their runs say it was skipped.',
    action: 'Create the group in Jira, or correct the mapping: the next sign-in or mapping of each person gives it.',
  },
  'jira.licence_full': {
    meaning: 'A group gives access to an application of which no seat is left. Everything else was applied.',
    action:
      'Free a seat or extend the licence in Jira. It is looked at again every ten minutes, and whenever the person signs in.',
  },
  'jira.fails_for_one': {
    meaning: 'Jira answers, but has failed again and again on this one account.',
    action:
      "Look in Jira's log at the time of the last attempt: the cause is in this user's data or in the directory behind it. Repair it and retry.",
  },
  'jira.directory_read_only': {
    meaning: 'The Jira user lives in a directory that Jira cannot write.',
    action: 'Change the user in its own directory, or turn profile mapping off for this provider.',
  },
  'jira.username_taken': {
    meaning: 'A Jira user cannot be renamed, because another one has the new username.',
    action: 'Rename or remove the other user in Jira, or give the person another username at the identity provider.',
  },
  'jira.account_missing': {
    meaning: 'The Jira user linked to this account no longer exists.',
    action: 'Restore the user in Jira, or unlink the account.',
  },
  'jira.account_inactive': {
    meaning: 'The Jira user is deactivated.',
    action: 'Activate the user in Jira if the person should have access.',
  },
  'match.administrator': {
    meaning: 'The username belongs to a Jira administrator; administrators are never linked automatically.',
    action: 'Link the account by hand, or give the person another username at the identity provider.',
  },
  'match.reserved_name': {
    meaning: 'The username is reserved and never linked automatically.',
    action: 'Give the person another username at the identity provider.',
  },
  'match.email_differs': {
    meaning:
      "A Jira user of this name exists, but its e-mail address differs from the identity provider's verified one.",
    action: 'Correct one of the two addresses, or mark the provider authoritative for usernames.',
  },
  'match.email_ambiguous': {
    meaning:
      'Several Jira users have the e-mail address of this person, and the mapping matches by address; none of them is taken.',
    action:
      'Give all but one of these Jira users, deactivated ones too, another address; or match by username in the mapping.',
  },
  'match.name_differs': {
    meaning: 'Asked for one username, Jira answered with a user of another name.',
    action: 'Look at both names in Jira: they may differ in characters that Jira treats as equal. Rename one of them.',
  },
  'match.key_taken': {
    meaning: 'The Jira user this person leads to is already held by another account.',
    action: 'Look at both identities: if they are one person, make their verified e-mail addresses equal.',
  },
  'match.creation_off': {
    meaning: 'No Jira user matches this person, and user creation is off.',
    action: 'Create the user in Jira or allow user creation for this provider.',
  },
  'match.group_needed': {
    meaning:
      'No Jira user matches this person, and none of the groups that the identity provider sent leads to a Jira group.',
    action:
      'Put the person into a group that the mapping knows, add a rule, or turn creationNeedsMappedGroup off. Default groups do not count.',
  },
  'match.groups_incomplete': {
    meaning:
      'No Jira user matches this person, and whether a group of the person leads to a Jira group cannot be told: the list of groups is missing, cut or malformed.',
    action:
      'Release the whole list of groups to this client at the identity provider; Test configuration shows what it sends.',
  },
  'match.identity_not_linked': {
    meaning: 'Another identity already owns this username, and the linking policy does not join the two.',
    action:
      'If both are one person, make their verified e-mail addresses equal, or mark the provider authoritative for usernames.',
  },
  'entry.email_not_verified': {
    meaning: 'The identity provider has not verified the e-mail address of this person.',
    action: 'The person verifies the address at the identity provider and signs in again.',
  },
  'entry.email_missing': {
    meaning: 'The identity provider sent no e-mail address.',
    action: 'Release the e-mail claim to this client at the identity provider, or correct the mapping.',
  },
  'entry.email_invalid': {
    meaning: 'What the identity provider sent as e-mail address is not one plain address.',
    action: 'Correct the address at the identity provider, or the mapping of the e-mail claim.',
  },
  'entry.username_missing': {
    meaning: 'The identity provider sent no username under the mapped claim.',
    action: 'Release the claim at the identity provider, or correct the mapping of the username.',
  },
  'entry.username_invalid': {
    meaning: 'The username has characters or a length that Jira does not accept.',
    action: 'Give the person another username at the identity provider, or correct the mapping.',
  },
  'entry.claim_required': {
    meaning: 'A claim that this provider requires is missing or has none of the allowed values.',
    action:
      "Look at requiredClaims of the provider and at the person's claims: either they are of another organisation, or the claim is not released to this client.",
  },
  'entry.domain_not_allowed': {
    meaning: 'The e-mail address of this person is in a domain that this provider may not sign in.',
    action:
      'Add the domain to allowedEmailDomains of the provider if its people should enter; sub-domains need an entry of their own or *. before the domain.',
  },
  'entry.group_required': {
    meaning: 'The person is in none of the groups that this provider requires for signing in.',
    action:
      "Put the person into one of the groups, or look at requiredGroups of the mapping: names are compared as the mapping's groups.names makes them.",
  },
  'entry.groups_absent': {
    meaning: 'Signing in needs a group, and the identity provider sent no claim with groups.',
    action:
      'Release the groups to this client at the identity provider, or correct groups.claim. Where a person without groups has no such claim, the person is in none of requiredGroups.',
  },
  'entry.groups_truncated': {
    meaning:
      'Signing in needs a group, and the list of groups is not whole: none of the required ones is in the part that was sent.',
    action: 'Let the provider send only the groups that are assigned to this application.',
  },
  'entry.groups_malformed': {
    meaning: 'Signing in needs a group, and the claim with the groups is not what the mapping expects.',
    action: 'Look at the claim with Test configuration and correct claim, format or separator of the mapping.',
  },
  'login.provider_unavailable': {
    meaning: 'The identity provider did not answer as it should.',
    action: 'Check the provider: discovery, token endpoint and JWKS. The log has the cause under the reference.',
  },
  'login.client_refused': {
    meaning: 'The identity provider does not accept our client id, our secret or key, or the way they are sent.',
    action:
      'Compare them with what the provider shows; a secret may have expired. POST /provider-tests says which way of sending it works.',
  },
  'login.provider_refused': {
    meaning: 'The identity provider ended the sign-in with an error.',
    action: 'Look up the reference in the log; often the person cancelled or is not assigned to the application.',
  },
  'login.provider_unknown': {
    meaning: 'The provider does not exist or is disabled.',
    action: 'Enable the provider, or remove links that still lead to it.',
  },
  'login.no_provider': {
    meaning: 'Every identity provider is switched off, or none is configured: nobody can sign in through Gatehouse.',
    action:
      'Set enabled: true for a provider of the document, or add one. Until then people use the login form of Jira, if they have a password there.',
  },
  'login.going_in_circles': {
    meaning: 'Jira sent a browser here again and again although each sign-in succeeded; a page has stopped it.',
    action:
      "Look in Jira's log why its SSO app refuses the person: no Jira user of that name, no application access, or a clock that is wrong.",
  },
  'login.answer_invalid': {
    meaning: "The identity provider's answer did not pass verification.",
    action: 'Look up the reference in the log: signature, issuer, audience, nonce and times are named there.',
  },
  'login.transaction_unknown': {
    meaning: 'The sign-in was not started in this browser, has expired or was already used.',
    action: 'The person starts again from Jira. Many of these may mean an attack or a proxy that drops cookies.',
  },
  'login.interaction_expired': {
    meaning: 'The page was open for too long, or cookies are blocked.',
    action: 'The person starts again from Jira.',
  },
  'login.account_pending': {
    meaning: 'The Jira account was not ready in the time the page waits.',
    action: 'Look at the parked and waiting jobs of this person; the account continues to be prepared.',
  },
  'login.account_parked': {
    meaning: 'Preparing the Jira account failed and waits for an operator.',
    action: 'Find the parked job by the reference, remove the cause, retry.',
  },
  'login.given_up': {
    meaning:
      'While the sign-in waited for its account, the identity provider signed the person out or an operator ended their sessions. It opened none.',
    action: 'Nothing. Whoever should have access signs in again.',
  },
  'login.userinfo_unavailable': {
    meaning: 'The userinfo endpoint failed; the sign-in went on with the ID token alone, unless it is required.',
    action: 'Check the userinfo endpoint. Groups and names that only it knows stay as they were.',
  },
  'login.groups_truncated': {
    meaning:
      'The identity provider did not send the whole list of groups: there are too many, and the rest is left out or elsewhere. The sign-in went on; no group is taken away on such a list.',
    action:
      'Let the provider send only the groups that matter here: at Entra ID "groups assigned to the application", at Okta a filter on the groups claim.',
  },
  'login.groups_malformed': {
    meaning:
      'The claim with the groups is not what the mapping expects. The sign-in went on; no group is taken away on such a claim.',
    action:
      'Look at the claim with Test configuration and correct claim, format or separator of the mapping, or the claim at the provider.',
  },
  'login.request_refused': {
    meaning: 'An authorization request to our OpenID Provider is not valid.',
    action: 'Look up the reference in the log. If Jira sent it, register Gatehouse in Jira again.',
  },
  'logout.cross_site': {
    meaning: 'A sign-out was asked for by a page of another site and was refused.',
    action: 'Nothing. Many of these mean that a site tries to sign people out.',
  },
  'login.unexpected': {
    meaning: 'An unexpected error.',
    action: 'Look up the reference in the log and report it.',
  },
  'config.invalid': {
    meaning: 'The configuration document is not valid; each problem names its path.',
    action: 'Correct the paths named in the answer and apply again.',
  },
  'config.stale': {
    meaning: 'The configuration was changed by somebody else in the meantime.',
    action: 'Read it again and repeat the change.',
  },
  'config.if_match_missing': {
    meaning: 'A change was sent without saying which version it changes.',
    action: 'Read the configuration, then send its ETag as If-Match.',
  },
  'config.missing': {
    meaning: 'No configuration has been applied yet.',
    action: 'Apply a document with CONFIG_FILE or PUT /api/v1/config.',
  },
  'api.unauthorized': {
    meaning: 'The request carries no valid admin token.',
    action: 'Send Authorization: Bearer with the admin token printed at first start.',
  },
  'api.forbidden': {
    meaning: 'The token is valid, but its role does not allow this.',
    action: 'Use a token with the role that the answer names; an administrator makes one with POST /api/v1/tokens.',
  },
  'token.name_taken': {
    meaning: 'There is a token of this name already.',
    action: 'Choose another name, or revoke the old token first.',
  },
  'token.bootstrap_kept': {
    meaning: 'The token "admin" cannot be revoked over the API: it is the way back in.',
    action: 'Set ADMIN_TOKEN to another value and restart the console: the old one ends then.',
  },
  'api.not_found': { meaning: 'There is no such thing.', action: 'Check the id.' },
  'api.request_invalid': { meaning: 'The request is not valid.', action: 'Correct what the answer names.' },
  'api.too_many_attempts': {
    meaning: 'Wrong tokens come faster than anybody mistypes: from this address, or from everywhere together.',
    action: 'Nothing with a valid token: it is always let in. Look in the log for who is guessing.',
  },
  'api.body_too_large': { meaning: 'The body is larger than 1 MB.', action: 'Send a smaller document.' },
  'api.media_type_unsupported': {
    meaning: 'The body has a media type that is not understood here.',
    action: 'Send application/json, or application/yaml where the description says so.',
  },
  'api.unexpected': {
    meaning: 'An unexpected error.',
    action: 'Look up the trace id in the log and report it.',
  },
  'console.session_missing': {
    meaning: 'The console was asked for something without a live session.',
    action: 'Sign in to the console; a session lasts 30 minutes.',
  },
  'console.cross_site': {
    meaning: 'A change in the console was not sent by a page of the console.',
    action:
      'Open the console at its own address and try again. Many of these mean that a site tries to act for others.',
  },
  'console.board_read_only': {
    meaning: 'Something tried to change a queue through the raw board.',
    action: 'Use the operator API: it records who did what, and the outbox knows of it.',
  },
  'console.unreachable': {
    meaning: 'The console, a process of its own, does not answer the gateway.',
    action: 'Start it with npm run start:console, or tell the gateway where it listens with CONSOLE_URL.',
  },
  'scim.unreachable': {
    meaning: 'The SCIM service, a process of its own, does not answer the gateway.',
    action: 'Start it, or tell the gateway where it listens with SCIM_URL. Identity providers try again by themselves.',
  },
  'job.payload_invalid': {
    meaning: 'A job arrived with a payload that its contract does not allow.',
    action: 'This is a fault of the program or a foreign writer on the queue store: report it.',
  },
  'lease.held': {
    meaning: 'Another worker is at this very account.',
    action: 'Nothing. The job comes back by itself within a second.',
  },
  'lease.lost': {
    meaning: 'A worker was away for so long that another one took over its account.',
    action:
      'Nothing: the account is verified in Jira once more. Many of these mean frozen or overloaded machines, or a slow PostgreSQL.',
  },
  'job.already_resolved': {
    meaning: 'The parked job was retried, discarded or superseded in the meantime.',
    action: 'Nothing. Read the list again.',
  },
  'job.failed': {
    meaning: 'A job failed for an unknown cause until its attempts ran out.',
    action: 'Look at the recorded error, remove the cause, retry.',
  },
  'job.discard_needs_admin': {
    meaning: 'The jobs take access away from people who left; only an administrator may discard such a job.',
    action: 'Retry them instead, or ask an administrator.',
  },
  'job.count_differs': {
    meaning: 'By now the filter means another number of jobs than the one that was looked at.',
    action: 'Look at the preview again, then confirm its count.',
  },
  'job.action_not_possible': {
    meaning: 'The action is not in a state that allows this: it is done or cancelled, or it does not stand still.',
    action: 'Nothing. Read the action again.',
  },
  'api.idempotency_key_missing': {
    meaning: 'A change on many jobs was sent without a key that makes repeating it harmless.',
    action: 'Send a fresh Idempotency-Key with each new decision, and the same one when you repeat it.',
  },
  'api.idempotency_key_used': {
    meaning: 'The key was used for another request.',
    action: 'Send a fresh Idempotency-Key with each new decision.',
  },
  'api.too_many_changes': {
    meaning: 'More changes were asked for in a minute than anybody makes by hand.',
    action: 'Wait for the time named by Retry-After. For many jobs there is one action over all of them.',
  },
  'lane.pause_needs_admin': {
    meaning: 'Pausing the offboarding lane keeps people in who should be out; only an administrator may do it.',
    action: 'Ask an administrator, or pause another lane.',
  },
  'lane.not_paused': { meaning: 'The lane is not paused.', action: 'Nothing. Read the lanes again.' },
  'schedule.not_paused': { meaning: 'The schedule is not paused.', action: 'Nothing. Read the schedules again.' },
  'queue.unreachable': {
    meaning: 'The queue store did not answer.',
    action: 'Check REDIS_URL and the server. Nothing is lost, and work resumes by itself.',
  },
  'database.unreachable': {
    meaning: 'PostgreSQL did not answer.',
    action: 'Check DATABASE_URL and the server. Work resumes by itself.',
  },
} as const satisfies Record<string, { meaning: string; action: string }>;

export type ErrorCode = keyof typeof codes;
