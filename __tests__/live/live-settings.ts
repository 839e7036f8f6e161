export * from '../../src/prove/live-settings';
