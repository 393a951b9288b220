/** Embedded Crowd compares names case-insensitively and keeps them as they were given; no locale takes part. */
export function foldName(name: string): string {
  return name.toLowerCase();
}
