/** Where a provider test's sealed values are, for `Encryption`: what console seals the gateway opens, and back. */
export const providerTestPlaces = {
  draft: (id: string) => `console.provider_test/${id}`,
  result: (id: string) => `gateway.provider_test_answer/${id}`,
};
