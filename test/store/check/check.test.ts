import { describe, expect, it } from 'vitest';
import { TestStore, writeSample } from '../fixture.ts';

describe('check', () => {
  it('finds nothing wrong with a sound store', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'one'));
    await machine.snapshot((writer) => writeSample(writer, 'two'));
    for (const options of [{}, { fast: true }, { snapshot: 'latest' }, { path: '/Start~1' }]) {
      const report = await machine.open((store) => store.check(options));
      expect(report.findings).toEqual([]);
      expect(report.files).toBeGreaterThan(0);
    }
  });
});
