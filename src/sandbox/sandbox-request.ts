import type { SandboxFault } from './fault';

/** One request that the sandbox is done with; bodies and headers, secrets among them, are not kept. */
export interface SandboxRequest {
  method: string;
  path: string;
  /** 0 when the client got none: its connection broke before, or nothing was answered. */
  status: number;
  requestId: string;
  clientRequestId?: string;
  /** The one that it met, if it did. */
  fault?: SandboxFault;
}
