/** Measures what passes in headers, address included: servers and proxies take 8 KB of them. */
export class HeaderMeter {
  mostBytes = 0;

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    this.note(new Headers(init?.headers), String(input instanceof Request ? input.url : input).length);
    const response = await globalThis.fetch(input, init);
    this.note(response.headers, 0);
    return response;
  };

  private note(headers: Headers, more: number): void {
    const bytes = [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, more);
    this.mostBytes = Math.max(this.mostBytes, bytes);
  }
}
