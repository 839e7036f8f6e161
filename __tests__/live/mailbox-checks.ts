export * from '../../src/prove/mailbox-checks';
