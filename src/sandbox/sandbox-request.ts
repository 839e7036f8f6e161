import type { SandboxFault } from './faults/fault';
import type { SandboxRuleName } from './rules/index';

/** One request that the sandbox is done with; bodies and headers, secrets among them, are not kept. */
export interface SandboxRequest {
  /** Of HTTP, in capitals. */
  method: string;
  /** Without host and query. */
  path: string;
  /** 0 when the client got none: its connection broke before, or nothing was answered. */
  status: number;
  /** The `request-id` that the sandbox gave it. */
  requestId: string;
  /** The one that the client gave it. */
  clientRequestId?: string;
  /** The one that it met, if it did. */
  fault?: SandboxFault;
  /** The rule that it broke, if the sandbox refused it; `SANDBOX_RULES` tells more of it. */
  rule?: SandboxRuleName;
}
