export * from '../../src/prove/arrival-checks';
