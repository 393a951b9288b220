/** For the audit, which many may read: an address may hold a password, and its query a key. Any other text stays. */
export function withoutCredentials(text: string): string {
  if (!/^\s*https?:/i.test(text)) return text;
  if (!URL.canParse(text)) return text.replace(/[?#].*$/s, '').replace(/^(\s*https?:\/*).*@/is, '$1'); // A template.
  const { origin, pathname, username, password, search, hash } = new URL(text);
  return username || password || search || hash ? `${origin}${pathname}` : text;
}
