/** Of which an answer may come a moment later while people sign in. Any change of a user may be a deactivation, which may not. */
export function mayWait(method: string, [endpoint, id]: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD' || id === '.search' || endpoint === '.search') return true;
  if (endpoint === 'Groups') return true;
  return endpoint === 'Users' && method === 'POST';
}
