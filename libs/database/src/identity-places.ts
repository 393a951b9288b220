/** Where what a provider said of a person is kept sealed: the gateway seals it, the console opens it for an administrator. */
export const identityPlaces = {
  answer: ({ provider, issuer, subject }: Readonly<Record<'provider' | 'issuer' | 'subject', string>>) =>
    `gateway.identity/answer/${JSON.stringify([provider, issuer, subject])}`,
};
