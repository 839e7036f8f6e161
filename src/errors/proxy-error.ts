/** What is known of a failure between this machine and a proxy, or of the proxy's own refusal. */
export interface ProxyFailure {
  /** Host and port, without the password that may be in the URL. */
  proxy: string;
  /** The proxy's answer, if there was one. */
  status?: number | undefined;
  /** The kinds of login that the proxy offers: `Basic`, `Negotiate` … */
  logins?: string | undefined;
  cause?: unknown;
}

/** A request that did not get past the proxy, so that the service has not seen it. */
export class ProxyError extends Error implements ProxyFailure {
  override readonly name = 'ProxyError';
  readonly code = 'EPROXY';
  readonly proxy: string;
  readonly status: number | undefined;
  readonly logins: string | undefined;

  constructor({ proxy, status, logins, cause }: ProxyFailure) {
    const what = status === undefined ? 'did not answer' : `answered ${status}`;
    super(`The proxy ${proxy} ${what}`, cause === undefined ? undefined : { cause });
    this.proxy = proxy;
    this.status = status;
    this.logins = logins;
  }
}
