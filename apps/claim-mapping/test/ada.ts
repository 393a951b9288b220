const provider = { name: 'P', issuer: 'https://idp.example', clientId: 'c' };
const rules = [{ from: 'dev', to: 'jira-developers' }];
export const ada = {
  preferred_username: 'Ada',
  email: 'ada@example.com',
  email_verified: true,
  given_name: 'Ada',
  groups: ['dev'],
};
export const config = {
  providers: { cognito: provider, partner: provider, trusted: { ...provider, authoritativeForUsernames: true } },
  mappings: {
    cognito: { groups: { rules, keepExisting: false } },
    partner: { groups: { rules, keepExisting: false } },
  },
};
