/** A single sign-on that ends on an error page. The message is what the person reads. */
export class LoginFailure extends Error {
  constructor(
    readonly status: 400 | 403 | 502,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
