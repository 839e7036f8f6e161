import type { SandboxFault } from '../../src/sandbox';

export const FAULTS: readonly SandboxFault[];
export function randomFaults(seed: number, rate: number): () => SandboxFault | undefined;
export function seeded(seed: number): () => number;
