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
    action:
      'Change the user in its own directory; or, in Jira, let that directory have local groups; or turn profile mapping off for this provider.',
  },
  'jira.username_taken': {
    meaning: 'A Jira user cannot be renamed, because another one has the new username.',
    action: 'Rename or remove the other user in Jira, or give the person another username at the identity provider.',
  },
  'jira.user_is_lead': {
    meaning: 'Jira does not deactivate the user, who leads a project; nothing was changed.',
    action:
      'In Jira, give the projects of this user another lead, then retry. The recorded answer names them, in the language of Jira.',
  },
  'jira.deactivation_refused': {
    meaning:
      'Jira does not deactivate the user, and does not say why in a form that we read. It refuses the last administrator, the account of JIRA_TOKEN, and who leads a component or a project.',
    action:
      'Read the recorded answer. In Jira, make somebody else administrator or lead of these components and projects, then retry.',
  },
  'jira.account_missing': {
    meaning: 'The Jira user linked to this account no longer exists.',
    action: 'Restore the user in Jira, or unlink the account.',
  },
  'jira.account_inactive': {
    meaning: 'The Jira user is deactivated.',
    action: 'Activate the user in Jira if the person should have access.',
  },
  'account.deactivated': {
    meaning: 'The account is deactivated: by a directory, by an administrator, or because nobody used it.',
    action:
      'GET /api/v1/people/{person}/timeline tells by whom. The same directory, or POST /api/v1/people/{person}/reactivate, lifts it; signing in lifts inactivity where autoActivate is on.',
  },
  'account.last_administrator': {
    meaning:
      'A deactivated person is the last active member of a group of administrators, so the user in Jira stays active. Signing in through Gatehouse is refused all the same.',
    action: 'Make somebody else an administrator in Jira, then retry the job.',
  },
  'account.administrators_unknown': {
    meaning: 'A deactivated person is an administrator in Jira, and whether there is another one could not be seen.',
    action: 'It is tried again; if it is parked, look whether Jira shows the members of its groups of administrators.',
  },
  'account.reserved': {
    meaning: 'A deactivated person has a reserved username in Jira, which is never deactivated from outside.',
    action: 'Deactivate the user in Jira by hand if that is meant, or take the name out of reservedUsernames.',
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
  'match.import_off': {
    meaning: 'No Jira user matches this person of a directory, and its people get one with their first sign-in only.',
    action:
      'Nothing, if that is meant: the person signs in. Otherwise turn directory.importUsers on for this provider.',
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
  'directory.user_left_out': {
    meaning: 'The directory has the person, and directory.onlyUsers of its provider leaves them out.',
    action:
      'Nothing, if that is meant. Otherwise put the person into one of the groups, or give them one of the values, that directory.onlyUsers names.',
  },
  'match.link_undecided': {
    meaning:
      'An account or a Jira user matches this person of a directory, and whether it is theirs waits for an administrator.',
    action: 'Look at GET /api/v1/directory-links and decide: link, keep them separate, or refuse.',
  },
  'match.link_refused': {
    meaning:
      'An account or a Jira user matches this person of a directory, and the linking policy or an administrator refuses to link them.',
    action:
      'If they are one person, decide so under /api/v1/directory-links, or change directory.linking of the mapping. Otherwise give the person another username at the provider.',
  },
  'directory.on_trial': {
    meaning: 'What the directory of this provider says is under review, or a dry run: nothing of it reaches Jira.',
    action:
      'Look at GET /api/v1/providers/{key}/review and POST …/dry-run; then apply the review, or set directory.provisioning to on.',
  },
  'link.not_waiting': {
    meaning: 'This person of a directory is not waiting for a decision about that account or Jira user.',
    action: 'Read the list of directory links again.',
  },
  'link.name_taken': {
    meaning: 'The two cannot be kept separate: they have the same username, and a username is unique in Jira.',
    action: 'Give the person another username at the provider, link the two, or refuse.',
  },
  'review.not_open': {
    meaning: 'The directory of this provider is not on trial, so there is nothing to review.',
    action: 'Set directory.provisioning of its mapping to review or dryRun first.',
  },
  'review.group_missing': {
    meaning: 'Jira has no group of this name to link to.',
    action: 'Choose a group that Jira has, or decide to rename: then the group is made.',
  },
  'review.group_exists': {
    meaning: 'Jira has a group of this name already, so it cannot be made.',
    action: 'Choose another name, or decide to link to this group.',
  },
  'review.administrators': {
    meaning: 'The group gives administrative rights in Jira; a review leads nobody there.',
    action: 'Write a rule into the mapping, if that is meant.',
  },
  'directory.user_inactive': {
    meaning: "The provider's directory has marked the person inactive.",
    action: 'Activate the person at the provider, if they should have access. It counts at once.',
  },
  'directory.user_removed': {
    meaning: "The provider's directory does not have the person any more.",
    action:
      'Assign the person to Gatehouse at the provider again, or set directory.whenRemoved to keep for this provider.',
  },
  'rename.several_directories': {
    meaning:
      'A Jira user cannot be renamed: the old or the new username is in several user directories of Jira, and the rename would make two people of one.',
    action:
      'In Jira, look at /rest/api/2/user/duplicated/list, and remove or rename the copy in the lower directory. Then apply the rename.',
  },
  'rename.directories_unknown': {
    meaning:
      'A Jira user was not renamed: Jira does not tell JIRA_TOKEN which usernames are in several of its user directories, or there are too many to be read.',
    action: 'Rename the user by hand in Jira once you have looked at its directories; the account follows by its key.',
  },
  'rename.deleted_user': {
    meaning:
      'A Jira user cannot be renamed: a deleted one had the new username, and its issues would be shown as those of somebody called name#1.',
    action:
      'In Jira, anonymise the deleted user, or give the person another username at the identity provider. Then apply the rename.',
  },
  'rename.name_claimed': {
    meaning: 'A Jira user cannot be renamed: another person of Gatehouse goes by the new username.',
    action: 'Look at both people at the identity provider: one of the two names must change. Then apply the rename.',
  },
  'rename.administrator': {
    meaning: 'Jira administrators are never renamed automatically.',
    action: 'Rename the user by hand in Jira; the account follows by its key.',
  },
  'rename.reserved_name': {
    meaning: 'The old or the new username is reserved, and nobody is renamed from or to it automatically.',
    action: 'Give the person another username at the identity provider, or rename by hand in Jira.',
  },
  'rename.sign_in_under_way': {
    meaning: 'A rename waits for a sign-in of that very person to end.',
    action:
      'Nothing: it is tried again every minute, eight times, and then within a day. Or apply the rename when the person is not signing in.',
  },
  'rename.not_waiting': {
    meaning: 'No rename of this account waits: there is none, it is done, or a newer name has taken its place.',
    action: 'Nothing. Read the list of renames again.',
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
  'entry.deactivated': {
    meaning: 'A directory or an administrator deactivated this person.',
    action:
      'Activate the person at the identity provider, whose directory says so; or POST /api/v1/people/{person}/reactivate, which overrules it.',
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
  'entry.agents_only': {
    meaning: 'At the customer portal only agents sign in through a provider, and this person is none.',
    action:
      'Customers log in with the password form of the portal. If the person should be an agent, let the mapping give one of settings.customerPortal.agentGroups; who is an agent by hand in Jira alone signs in at Jira itself.',
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
  'config.version_unreadable': {
    meaning: 'This version of the configuration was written under rules that do not hold any more.',
    action:
      'Read it in the database (console.config_version), correct what the answer names, and apply it as a document.',
  },
  'removals.four_eyes': {
    meaning: 'Whoever applied a configuration cannot approve the removals it causes (settings.brake.fourEyes).',
    action: 'Ask another administrator to look at the held removals and to approve them.',
  },
  'cleanup.missing': {
    meaning:
      'No clean-up of this provider has this id in the state that is asked for: it is planned or applied already, or older than an hour.',
    action: 'Send the list again, look at the plan, and apply that one.',
  },
  'cleanup.stale': {
    meaning: 'Since the clean-up was planned the configuration was changed, or somebody of it was.',
    action: 'Send a list of now, look at the new plan, and apply that one.',
  },
  'cleanup.held': {
    meaning: 'The clean-up would take away more people than settings.brake allows at once.',
    action:
      'Look at the plan. If it is meant, apply it with acceptPeople, the exact number of people. settings.brake holds the deactivations in Jira for themselves.',
  },
  'cleanup.list_unusable': {
    meaning: 'The list has nobody, or nobody whom the directory of the provider has.',
    action: 'Send the whole list, by what the directory knows people: userName, externalId or id.',
  },
  'plan.missing': {
    meaning: 'No complete plan has this id: it failed, was cut off, is still running, or is older than an hour.',
    action: 'Make a new plan of the document with POST /api/v1/plans and apply that one.',
  },
  'plan.stale': {
    meaning: 'Since the plan was made another configuration was applied, or many people were added.',
    action: 'Make a new plan on the configuration that holds now, look at it, and apply that one.',
  },
  'plan.differs': {
    meaning: 'The document is not the one that was planned.',
    action: 'Apply the document of the plan, or make a new plan of this one.',
  },
  'plan.busy': {
    meaning: 'As many plans as one process makes at a time are under way.',
    action: 'Wait until one of them has ended and ask again.',
  },
  'config.missing': {
    meaning: 'No configuration has been applied yet.',
    action: 'Apply a document with CONFIG_FILE or PUT /api/v1/config.',
  },
  'api.unauthorized': {
    meaning: 'The request carries no valid admin token.',
    action:
      'Send Authorization: Bearer with the admin token that the first start printed, or with one that POST /api/v1/tokens made.',
  },
  'api.forbidden': {
    meaning: 'The token is valid, but its role does not allow this.',
    action: 'Use a token with the role that the answer names; an administrator makes one with POST /api/v1/tokens.',
  },
  'token.name_taken': {
    meaning: 'There is a token of this name already.',
    action: 'Choose another name, or revoke the old token first.',
  },
  'token.over': {
    meaning: 'The token has expired. A rotation would bring it back.',
    action: 'Make a new token.',
  },
  'token.bootstrap_kept': {
    meaning: 'The token "admin" cannot be revoked over the API: it is the way back in.',
    action: 'Set ADMIN_TOKEN to another value and restart the console: the old one ends then.',
  },
  'api.not_found': {
    meaning: 'There is no such thing.',
    action: 'Check the id or the key; the list of such things has it.',
  },
  'api.route_unknown': {
    meaning: 'There is no such route, or not with this method.',
    action: 'GET /api/v1/openapi.json lists every route.',
  },
  'api.person_unknown': {
    meaning: 'Nobody of this name, address or id is known.',
    action:
      'Check the spelling. Known is who has signed in through Gatehouse, or was pushed over SCIM; a Jira user who did neither is not.',
  },
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
    action:
      'Start it with npm run start:scim-ingest, or tell the gateway where it listens with SCIM_URL. Identity providers try again by themselves.',
  },
  'cognito.unreachable': {
    meaning: 'Cognito gave no answer to a listing of its people or groups, or failed itself.',
    action: 'Check the way to the address of pullSync. The listing goes on by itself, and nobody is removed meanwhile.',
  },
  'cognito.rate_limited': {
    meaning: 'Cognito limits the requests of this account and region, and repeating did not help.',
    action: 'Lower pullSync.requestsPerSecond if others need the quota. The listing goes on by itself.',
  },
  'cognito.credentials_refused': {
    meaning: 'Cognito did not accept the credentials of pullSync, or they may not list this pool.',
    action:
      'Give accessKeyId and secretAccessKey of an identity with the policy of docs/cognito.md, then retry the job.',
  },
  'cognito.pool_missing': {
    meaning: 'There is no user pool of this id in this region.',
    action: 'Correct pullSync.userPoolId and pullSync.region of the provider.',
  },
  'cognito.request_refused': {
    meaning: 'Cognito refused a listing as invalid.',
    action: 'Look at the recorded error, and whether pullSync.endpoint leads to Cognito. Nobody is removed.',
  },
  'cognito.answer_malformed': {
    meaning: 'A page of a listing was not what Cognito documents, so nothing was concluded from it.',
    action: 'See that pullSync.endpoint leads to Cognito and nothing on the way changes answers, then retry the job.',
  },
  'cognito.listing_endless': {
    meaning: 'A listing did not come to its end: too many pages, or its page tokens were refused again and again.',
    action:
      'Cancel this sync and ask for another one. If it ends the same way, look at what answers at pullSync.endpoint.',
  },
  'directory_sync.source_changed': {
    meaning: 'The configuration of pullSync changed, or was taken away, while the directory was being read.',
    action: 'Nothing. The next sync reads the new pool from its beginning.',
  },
  'directory_sync.not_possible': {
    meaning: 'The directory sync is in no state for this, or another one of the provider is under way.',
    action: 'Look at GET /api/v1/providers/{key}/directory-syncs: wait for the one that runs, or cancel it.',
  },
  'directory_sync.not_configured': {
    meaning: 'The provider has no pullSync, or is off.',
    action: 'Add pullSync to the provider, or turn the provider on.',
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
  'resync.not_possible': {
    meaning: 'The resync is in no state for this, or too many of them are under way.',
    action: 'Look at GET /api/v1/resyncs: one that is done or cancelled stays so. End one before you start another.',
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
