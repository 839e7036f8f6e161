export * from '../../src/prove/live-check';
