import { type Place, WaitingLine } from '../../src/delivery/lane';
import { fc } from '../support/fast-check';

test('serves in the order of coming, whoever leaves in between', () => {
  const step = fc.oneof(fc.constant('join' as const), fc.constant('shift' as const), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const line = new WaitingLine<number>();
      const left: Place<number>[] = [];
      for (const [index, now] of steps.entries()) {
        if (now === 'join') left.push(line.join(index));
        else if (now === 'shift') expect(line.shift()).toBe(left.shift()?.item);
        else for (const place of left.splice(now, 1)) line.leave(place);
        expect(line.isEmpty).toBe(left.length === 0);
      }
      for (const { item } of left) expect(line.shift()).toBe(item);
      expect(line.shift()).toBeUndefined();
    }),
  );
});
