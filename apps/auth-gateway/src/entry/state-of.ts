/** Exactly one state, in the form we give it; anything else is not ours to look up. */
export function stateOf(query: string): string | undefined {
  const states = new URLSearchParams(query).getAll('state');
  return states.length === 1 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(states[0]!) ? states[0] : undefined;
}
