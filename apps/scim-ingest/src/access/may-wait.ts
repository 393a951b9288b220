/**
 * Of which an answer may come a moment later while people sign in: what a first cycle consists of. A change of a user may
 * be a deactivation, and so may what follows a question for one user.
 */
export function mayWait(method: string, [endpoint, id]: readonly string[]): boolean {
  if (id === '.search' || endpoint === '.search') return false;
  if (endpoint === 'Groups') return true;
  return endpoint === 'Users' && method === 'POST';
}
