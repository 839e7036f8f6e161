import { Heap } from '../../src/delivery/heap';
import { fc } from '../support/fast-check';

test('gives back the least of what is in it, however it is filled and emptied', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(50), { freq: 3 })), (steps) => {
      const heap = new Heap<number>((one, other) => one < other);
      let left: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(heap.pop()).toBe(left[0]);
          left = left.slice(1);
        } else {
          heap.push(step);
          left = [...left, step].sort((one, other) => one - other);
        }
        expect(heap.first).toBe(left[0]);
      }
    }),
  );
});
